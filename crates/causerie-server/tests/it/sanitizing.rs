//! Markdown in, a handful of harmless elements out.

use causerie_server::markdown::to_html;

#[test]
fn what_writers_expect() {
    let cases = [
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        (
            "*a* **b** ~~c~~ `d`",
            "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>",
        ),
        ("# Title *x*", "<p><strong>Title <em>x</em></strong></p>"),
        ("Title\n===", "<p><strong>Title</strong></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        (
            "```rust\nlet a = 1 < 2;\n```",
            "<pre><code>let a = 1 &lt; 2;\n</code></pre>",
        ),
        ("---", "<hr>"),
        (
            "[a](https://a.example/?b=1&c=2)",
            "<p><a href=\"https://a.example/?b=1&amp;c=2\" rel=\"nofollow ugc noopener\">a</a></p>",
        ),
        (
            "see https://a.example.",
            "<p>see <a href=\"https://a.example\" rel=\"nofollow ugc noopener\">https://a.example</a>.</p>",
        ),
        (
            "![a cat](https://a.example/cat.png)",
            "<p><a href=\"https://a.example/cat.png\" rel=\"nofollow ugc noopener\">a cat</a></p>",
        ),
        (
            "![](https://a.example/cat.png)",
            "<p><a href=\"https://a.example/cat.png\" rel=\"nofollow ugc noopener\">https://a.example/cat.png</a></p>",
        ),
        (
            "« Oui\u{202f}! » שלום 🎉",
            "<p>« Oui\u{202f}! » שלום 🎉</p>",
        ),
        ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
        ("", ""),
    ];
    for (markdown, html) in cases {
        assert_eq!(to_html(markdown), html, "{markdown}");
    }
}

/// Whatever is tried, what comes out is of the few elements and attributes that are allowed.
#[test]
fn hostile_input_comes_out_harmless() {
    let inputs = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<!-- --!> <img src=x onerror=alert(1)> -->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<style>*{display:none}</style>",
        "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
        "<form action=https://evil.example><button>x</button></form>",
        "<base href=https://evil.example>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](\u{1}javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/relative)",
        "[x](#fragment)",
        "[x](https://a.example/\"onmouseover=alert(1))",
        "[x](<https://a.example/\" onmouseover=\"alert(1)>)",
        "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
        "![x](javascript:alert(1))",
        "![x\" onerror=\"alert(1)](https://a.example/i.png)",
        "<javascript:alert(1)>",
        "```\"><script>alert(1)</script>\ncode\n```",
        "`<script>alert(1)</script>`",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)",
        "[a]: javascript:alert(1)\n\n[a]",
        "# <img src=x onerror=alert(1)>",
        "<div\nonclick=alert(1)>",
        "<x style=\"position:fixed\" class=\"causerie\" id=\"a\">",
        "| a | b |\n|---|---|\n| <script> | x |",
        "\u{202e}<script>\u{202d}",
    ];
    for input in inputs {
        assert_harmless(&to_html(input), input);
    }
}

#[test]
fn pathological_input_ends_soon() {
    let bombs = [
        ">".repeat(10_000),
        "> ".repeat(5_000),
        "- ".repeat(5_000),
        "*a_ ".repeat(2_500),
        "[".repeat(10_000),
        "![[](".repeat(2_000),
        "`".repeat(10_000),
        "<".repeat(10_000),
        "a**b".repeat(2_500),
        "~~".repeat(5_000),
        "1. ".repeat(3_300),
        "https://a.example/".repeat(555),
        "\\".repeat(10_000),
        "&".repeat(10_000),
        "*".repeat(10_000),
        "**a".repeat(3_333),
        "[a](b".repeat(2_000),
        "a@b.c ".repeat(1_666),
    ];
    let begin = std::time::Instant::now();
    for bomb in &bombs {
        let html = to_html(bomb);
        assert_harmless(&html, &bomb[..20]);
        assert!(
            html.len() < bomb.len() * 20,
            "{} grows too much",
            &bomb[..20]
        );
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
    let quotes = ">".repeat(100);
    assert_eq!(to_html(&quotes), format!("<p>{}</p>", "&gt;".repeat(100)));
    assert_eq!(
        to_html(&"> ".repeat(10)).matches("<blockquote>").count(),
        10
    );
}

fn assert_harmless(html: &str, input: &str) {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        let known = [
            "p",
            "br",
            "em",
            "strong",
            "del",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "hr",
        ];
        assert!(known.contains(&name), "{input:?} became {html}");
        let attributes = tag.trim_start_matches('/').strip_prefix(name).unwrap();
        let harmless = match name {
            "a" => {
                let href = attributes
                    .strip_suffix(" rel=\"nofollow ugc noopener\"")
                    .or(Some(attributes).filter(|attributes| attributes.is_empty()));
                href.is_some_and(|href| {
                    href.is_empty()
                        || href.matches('"').count() == 2
                            && ["http://", "https://", "mailto:"]
                                .iter()
                                .any(|scheme| href.starts_with(&format!(" href=\"{scheme}")))
                })
            }
            "ol" => attributes.is_empty() || attributes.starts_with(" start=\""),
            _ => attributes.is_empty(),
        };
        assert!(harmless, "{input:?} became {html}");
    }
}
