<?php
// Fills the empty database: `php install.php SITE`. What is not said here is as WordPress has it.

$database = new mysqli( 'localhost', 'root', '', '', 0, getenv( 'CAUSERIE_DATABASE_SOCKET' ) );
$database->query( 'CREATE DATABASE wordpress CHARACTER SET utf8mb4' );

$_SERVER['HTTP_HOST'] = '127.0.0.1';
define( 'WP_INSTALLING', true );
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'The tests’ blog', 'blogger', 'blogger@mail.example', true, '', 'secret' );

// Readable addresses, and with them /wp-json.
$GLOBALS['wp_rewrite']->set_permalink_structure( '/%postname%/' );
flush_rewrite_rules( false );

// By default the first comment of every name is held; here a post says whether that happens.
update_option( 'comment_previously_approved', 0 );
// Nobody reads the mail.
update_option( 'comments_notify', 0 );
update_option( 'moderation_notify', 0 );
echo 'installed';
