<?php
// The settings of the tests' WordPress. nginx hands over what differs from run to run.

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . getenv( 'CAUSERIE_DATABASE_SOCKET' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

foreach ( [ 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ] as $name ) {
	define( "{$name}_KEY", "key of the tests: $name" );
	define( "{$name}_SALT", "salt of the tests: $name" );
}

// The site answers under the address that it is asked by, because proxies stand before it.
define( 'WP_HOME', 'http://' . $_SERVER['HTTP_HOST'] );
define( 'WP_SITEURL', WP_HOME );

// Nothing leaves the machine, and nothing happens behind the back of a test.
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );

define( 'WP_DEFAULT_THEME', 'causerie' );
define( 'WP_DEBUG', false );

require_once ABSPATH . 'wp-settings.php';
