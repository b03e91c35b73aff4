/** Goes from comment to comment in `root`: so many further than the one with the focus. */
export function walk(root, by) {
  const rows = [...root.querySelectorAll("li.comment")];
  const focused = root.getRootNode().activeElement?.closest("li.comment");
  rows[focused ? rows.indexOf(focused) + by : by - 1]?.focus();
}
