<?php
// The whole theme: a post's page with the conversation below it, as a blogger pastes it.
header( "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'" );
the_post();
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?php the_title(); ?></title>
<link rel="icon" href="data:,">
<script type="module" src="/assets/causerie/causerie.js"></script>
</head>
<body>
<h1><?php the_title(); ?></h1>
<?php the_content(); ?>
<causerie-thread backend="wordpress" endpoint="<?php echo esc_url( untrailingslashit( rest_url() ) ); ?>" thread="<?php the_ID(); ?>"></causerie-thread>
</body>
</html>
