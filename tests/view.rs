//! Elements and lists of `browser::view`, in a real browser.

use std::cell::RefCell;
use std::rc::Rc;

use causerie::browser::list::{Items, Listed};
use causerie::browser::view::{View, el};
use causerie::state::kept::Watch;
use leptos::prelude::Owner;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;

wasm_bindgen_test_configure!(run_in_browser);

/// A view in an element of its own, under an owner that lives as long as the test.
struct Stage {
    element: Element,
    owner: Owner,
    _view: View,
}

fn stage(build: impl FnOnce() -> View) -> Stage {
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let document = web_sys::window()
        .expect("a window")
        .document()
        .expect("a document");
    let element = document.create_element("div").expect("an element");
    let owner = Owner::new();
    let view = owner.with(build);
    view.show_in(&element);
    Stage {
        element,
        owner,
        _view: view,
    }
}

#[derive(PartialEq)]
struct Number(usize);

impl Listed for Number {
    fn place(&self) -> usize {
        self.0
    }
}

fn numbers(numbers: impl IntoIterator<Item = usize>) -> Items<Number> {
    (numbers.into_iter().map(Number).collect(), 0..0)
}

/// Lets effects run: they do so before the browser's next task.
async fn settle() {
    let task = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().expect("a window");
        window.set_timeout_with_callback(&resolve).expect("a timer");
    });
    JsFuture::from(task).await.expect("no refusal");
}

#[wasm_bindgen_test]
async fn what_changes_is_changed_and_nothing_else() {
    let owner = Owner::new();
    let name = owner.with(|| Watch::new("Ada".to_owned()));
    let stage = stage(|| {
        el("p")
            .attr("lang", "en")
            .live_flag("hidden", move || name.with(String::is_empty))
            .child(el("b").live_text(move || name.get()))
            .redrawn(move || {
                el("i")
                    .text(&name.with(|name| name.len().to_string()))
                    .into()
            })
            .into()
    });
    assert_eq!(
        stage.element.inner_html(),
        "<p lang=\"en\"><b>Ada</b><i>3</i></p>"
    );
    name.set(String::new());
    settle().await;
    assert_eq!(
        stage.element.inner_html(),
        "<p lang=\"en\" hidden=\"true\"><b></b><i>0</i></p>"
    );
}

#[wasm_bindgen_test]
async fn a_list_keeps_builds_moves_and_drops_its_children() {
    let owner = Owner::new();
    let items = owner.with(|| Watch::new(numbers([1, 2, 3])));
    let built = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&built);
    let stage = stage(move || {
        let draw = move |item: &Number| {
            log.borrow_mut().push(item.0);
            el("li").text(&item.0.to_string()).into()
        };
        el("ol").list(move || items.get(), draw, || {}).into()
    });
    let first_child = || stage.element.query_selector("li").expect("a selector");
    let a = first_child();
    items.set(numbers([1, 9, 2, 3]));
    settle().await;
    assert_eq!(stage.element.text_content().as_deref(), Some("1923"));
    assert_eq!(first_child(), a, "the same element");
    items.set(numbers([3, 1]));
    settle().await;
    assert_eq!(stage.element.text_content().as_deref(), Some("31"));
    assert_eq!(*built.borrow(), [1, 2, 3, 9], "each was built once");
    items.set(numbers([]));
    settle().await;
    assert_eq!(stage.element.inner_html(), "<ol></ol>");
}

#[wasm_bindgen_test]
async fn a_long_list_is_drawn_a_few_at_a_time_and_what_is_wanted_first() {
    const ALL: usize = 20_000;
    let stage = stage(move || {
        let draw = |item: &Number| el("li").text(&item.0.to_string()).into();
        let items = || ((0..ALL).map(Number).collect(), 9_000..9_100);
        el("ol").list(items, draw, || {}).into()
    });
    let drawn = || -> Vec<usize> {
        let text = stage.element.query_selector_all("li").expect("a selector");
        let text = (0..text.length()).filter_map(|at| text.item(at)?.text_content());
        text.filter_map(|text| text.parse().ok()).collect()
    };
    let first = drawn();
    assert!(first.len() < ALL);
    assert!((9_000..9_100).all(|wanted| first.contains(&wanted)));
    // Each time another task comes in between.
    while drawn().len() < ALL {
        settle().await;
        assert!(drawn().is_sorted());
    }
    assert!(drawn().into_iter().eq(0..ALL));
}

#[wasm_bindgen_test]
async fn one_more_among_5000_touches_one_row() {
    let owner = Owner::new();
    let items = owner.with(|| Watch::new(numbers(0..5_000)));
    let stage = stage(move || {
        let draw = |item: &Number| el("li").text(&item.0.to_string()).into();
        el("ol").list(move || items.get(), draw, || {}).into()
    });
    while stage
        .element
        .query_selector_all("li")
        .expect("a selector")
        .length()
        < 5_000
    {
        settle().await;
    }
    let records = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&records);
    let note = Closure::<dyn FnMut(js_sys::Array)>::new(move |mutations: js_sys::Array| {
        seen.borrow_mut().extend(
            mutations
                .iter()
                .map(JsValue::unchecked_into::<web_sys::MutationRecord>),
        );
    });
    let observer =
        web_sys::MutationObserver::new(note.as_ref().unchecked_ref()).expect("an observer");
    let everything = web_sys::MutationObserverInit::new();
    everything.set_attributes(true);
    everything.set_character_data(true);
    everything.set_child_list(true);
    everything.set_subtree(true);
    observer
        .observe_with_options(&stage.element, &everything)
        .expect("observed");
    items.set(numbers((0..2_510).chain([9_999]).chain(2_510..5_000)));
    settle().await;
    let records = records.borrow();
    assert_eq!(records.len(), 1);
    assert_eq!(
        (
            records[0].added_nodes().length(),
            records[0].removed_nodes().length()
        ),
        (1, 0)
    );
}

#[wasm_bindgen_test]
async fn an_owner_that_is_gone_leaves_defaults_behind() {
    let owner = Owner::new();
    let name = owner.with(|| Watch::new("Ada".to_owned()));
    drop(owner);
    assert_eq!(name.get_untracked(), "");
    name.set("Bob".to_owned());
    assert_eq!(name.get_untracked(), "");
}

#[wasm_bindgen_test]
async fn rows_keep_what_they_set_up_until_they_are_dropped() {
    let owner = Owner::new();
    let items = owner.with(|| Watch::new(numbers([1, 2])));
    let kept = Rc::new(RefCell::new(Vec::new()));
    let rows = Rc::clone(&kept);
    let stage = stage(move || {
        let draw = move |item: &Number| {
            let own = Watch::new(item.0);
            rows.borrow_mut().push(own);
            el("li").live_text(move || own.get().to_string()).into()
        };
        el("ol").list(move || items.get(), draw, || {}).into()
    });
    items.set(numbers([2, 3]));
    settle().await;
    let values: Vec<_> = kept
        .borrow()
        .iter()
        .map(|own| own.get_untracked())
        .collect();
    assert_eq!(values, [0, 2, 3], "the row of 1 is gone with what it kept");
    kept.borrow()[1].set(20);
    settle().await;
    assert_eq!(stage.element.text_content().as_deref(), Some("203"));
    drop(stage.owner);
}
