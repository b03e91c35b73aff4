/** Shows the image that `button` stands for, in its place. */
export function show(button) {
  const image = new Image();
  // The image's host learns nothing of the page.
  image.referrerPolicy = "no-referrer";
  image.alt = button.dataset.alt;
  image.src = button.dataset.image;
  button.replaceWith(image);
}
