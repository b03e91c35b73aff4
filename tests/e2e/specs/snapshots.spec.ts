// The page as assistive technology has it.
import { Composer, expect, rows, test } from "../fixtures";

test.beforeEach(({ page }) => page.clock.setFixedTime("2026-06-01T12:00:00Z"));

test("the front", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - heading "Causerie, the demo" [level=1]
      - paragraph: /A made-up blog/
      - list:
        - listitem:
          - article:
            - heading "An empty bench" [level=2]:
              - link "An empty bench":
                - /url: "?post=an-empty-bench"
            - paragraph: Nobody has sat here yet.
            - paragraph:
              - time: May 2, 2026
              - text: /No comments yet/
        - listitem:
          - article:
            - heading "Mouillez-vous d’abord" [level=2]:
              - link "Mouillez-vous d’abord":
                - /url: "?post=s-y-mettre-d-abord"
            - paragraph: /Avant de faire la leçon/
            - paragraph:
              - time: April 14, 2026
              - text: /13 comments/
        - listitem
        - listitem
        - listitem
        - listitem
  `);
});

test("a post with its thread", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - navigation:
        - link "All posts":
          - /url: /
      - article:
        - heading "Ask me about owls" [level=1]
        - paragraph:
          - text: Dr. Octavia Bellwether
          - time: March 11, 2026
          - text: /1 minute to read/
        - paragraph: /Once a year I answer questions about owls/
        - paragraph: /To save time/
        - list "Tags":
          - listitem: owls
      - region "2 comments":
        - heading "2 comments" [level=2]
        - list:
          - listitem [level=1]:
            - paragraph:
              - text: Zebedee, aged 8 ½
              - link /2 months ago/:
                - /url: "#comment-owl01"
            - paragraph: Do owls know that they are owls?
            - paragraph:
              - button "Reply to Zebedee, aged 8 ½": Reply
              - button "Hide 1 reply" [expanded]
          - listitem [level=2]:
            - paragraph:
              - text: /Dr. Octavia Bellwether.*Author/
              - link /in reply to Zebedee, aged 8 ½/:
                - /url: "#comment-owl01"
              - link /2 months ago/:
                - /url: "#comment-owl02"
            - paragraph:
              - text: /I have asked several/
              - emphasis: I
              - text: /🦉/
            - paragraph:
              - button "Reply to Dr. Octavia Bellwether": Reply
        - region "Write a comment"
  `);
});

test("a form with faults", async ({ page }) => {
  await page.goto("/?post=ask-me-about-owls");
  const composer = Composer.root(page);
  await composer.email.fill("nobody");
  await composer.send.click();
  await expect(composer.root).toMatchAriaSnapshot(`
    - region "Write a comment":
      - heading "Write a comment" [level=3]
      - paragraph: Comments on this post appear once a moderator has read them.
      - text: Comment
      - textbox "Comment" [invalid]
      - paragraph: Please fill this in.
      - paragraph: 10,000 characters left
      - text: Name
      - textbox "Name" [invalid]
      - paragraph: Please fill this in.
      - text: E-mail never published
      - textbox "E-mail never published" [invalid]: nobody
      - paragraph: This is not an e-mail address. It looks like name@example.org.
      - text: Website optional
      - textbox "Website optional"
      - checkbox "Remember me on this device"
      - text: Remember me on this device
      - alert: Please look at the marked fields.
      - button "Send"
  `);
});
