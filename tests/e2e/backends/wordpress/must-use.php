<?php
/*
 * What the tests need of a WordPress beside what it does by itself. Each test makes a post of its
 * own, and the post's meta fields say how the site treats it, so that one site serves all tests at
 * once.
 */

/** What the maker of the post said: 'causerie_accepts', 'causerie_guests' or 'causerie_flood'. */
function causerie_said( $post, $name ) {
	return get_post_meta( (int) $post, "causerie_$name", true );
}

// Stock WordPress takes no comments of guests over REST. Bloggers who want them add this filter.
add_filter(
	'rest_allow_anonymous_comments',
	fn( $allow, $request ) => causerie_said( $request['post'], 'guests' ) === 'yes',
	10,
	2
);

add_filter(
	'pre_comment_approved',
	fn( $approved, $comment ) => causerie_said( $comment['comment_post_ID'], 'accepts' ) === 'moderated' ? 0 : $approved,
	10,
	2
);

// All tests come from one address, so WordPress's limit of one comment in 15 seconds counts by post,
// and only where a test wants it. The filter is not told the post; the one before it is.
add_filter(
	'duplicate_comment_id',
	function ( $duplicate, $comment ) {
		$GLOBALS['causerie_post'] = $comment['comment_post_ID'];
		return $duplicate;
	},
	10,
	2
);
add_filter(
	'comment_flood_filter',
	function ( $is_flood, $last, $now ) {
		$post = $GLOBALS['causerie_post'];
		if ( causerie_said( $post, 'flood' ) !== 'yes' ) {
			return false;
		}
		$newest = get_comments( [ 'post_id' => $post, 'number' => 1, 'status' => 'any', 'orderby' => 'comment_date_gmt' ] );
		return $newest && $now - strtotime( $newest[0]->comment_date_gmt . ' UTC' ) < 15;
	},
	99,
	3
);

// WordPress lets every origin in. Bloggers who do not want that keep to WordPress's own list.
add_filter( 'allowed_http_origins', fn( $origins ) => [ ...$origins, ...explode( ' ', getenv( 'CAUSERIE_ORIGINS' ) ) ] );
add_filter(
	'rest_pre_serve_request',
	function ( $served ) {
		if ( get_http_origin() && ! is_allowed_http_origin() ) {
			header_remove( 'Access-Control-Allow-Origin' );
		}
		return $served;
	},
	20
);

add_filter( 'pre_wp_mail', '__return_false' );

// How the tests fill the site and look into it.
add_action(
	'rest_api_init',
	function () {
		$route = fn( $method, $path, $answer ) => register_rest_route(
			'causerie-tests',
			$path,
			[ 'methods' => $method, 'callback' => $answer, 'permission_callback' => '__return_true' ]
		);
		$route( 'POST', '/posts', 'causerie_store_post' );
		$route( 'POST', '/posts/(?P<post>\d+)/comments', fn( $request ) => (object) causerie_store_comments( $request['post'], $request['comments'] ) );
		$route( 'GET', '/posts/(?P<post>\d+)/comments', 'causerie_stored_comments' );
		$route( 'POST', '/comments/(?P<comment>\d+)/publish', fn( $request ) => wp_set_comment_status( $request['comment'], 'approve' ) );
		$route( 'POST', '/comments/(?P<comment>\d+)/edit', fn( $request ) => wp_update_comment( [ 'comment_ID' => $request['comment'], 'comment_content' => $request['text'] ] ) );
		$route( 'POST', '/comments/(?P<comment>\d+)/remove', fn( $request ) => wp_delete_comment( $request['comment'], true ) );
	}
);

function causerie_store_post( $request ) {
	$post = wp_insert_post(
		[
			'post_title'     => $request['slug'],
			'post_name'      => $request['slug'],
			'post_content'   => 'A post to be commented.',
			'post_status'    => 'publish',
			'post_author'    => 1,
			'comment_status' => $request['accepts'] === 'closed' ? 'closed' : 'open',
			'meta_input'     => [
				'causerie_accepts' => $request['accepts'],
				'causerie_guests'  => $request['guests'] ? 'yes' : 'no',
				'causerie_flood'   => $request['flood'] ? 'yes' : 'no',
			],
		],
		true
	);
	if ( is_wp_error( $post ) ) {
		return $post;
	}
	return [ 'id' => $post, 'slug' => get_post_field( 'post_name', $post ), 'ids' => (object) causerie_store_comments( $post, $request['comments'] ) ];
}

/** Gives the stored comments' numbers by the ids of the test. Around the API, because it is slow for 1,000. */
function causerie_store_comments( $post, $seeds ) {
	global $wpdb;
	$ids = [];
	$wpdb->query( 'START TRANSACTION' );
	foreach ( $seeds as $seed ) {
		$is_author = ! empty( $seed['post_author'] );
		$time      = gmdate( 'Y-m-d H:i:s', strtotime( $seed['published'] ) );
		$wpdb->insert(
			$wpdb->comments,
			[
				'comment_post_ID'      => $post,
				'comment_parent'       => isset( $seed['parent'] ) ? $ids[ $seed['parent'] ] ?? $seed['parent'] : 0,
				'comment_author'       => $seed['name'],
				'comment_author_email' => 'seed@mail.example',
				'comment_author_url'   => $seed['url'] ?? '',
				'comment_author_IP'    => '127.0.0.1',
				'comment_content'      => $seed['content'],
				'comment_date'         => $time,
				'comment_date_gmt'     => $time,
				'comment_approved'     => ( $seed['status'] ?? '' ) === 'held' ? '0' : '1',
				'comment_type'         => 'comment',
				'comment_agent'        => '',
				'user_id'              => $is_author ? 1 : 0,
			]
		);
		$ids[ $seed['id'] ] = $wpdb->insert_id;
	}
	$wpdb->query( 'COMMIT' );
	wp_update_comment_count_now( $post );
	return $ids;
}

function causerie_stored_comments( $request ) {
	global $wpdb;
	return $wpdb->get_results(
		$wpdb->prepare(
			"SELECT comment_ID AS id, IF(comment_parent, comment_parent, NULL) AS parent, comment_author AS name,
			comment_content AS content, comment_approved = '0' AS held
			FROM $wpdb->comments WHERE comment_post_ID = %d ORDER BY comment_ID",
			$request['post']
		)
	);
}
