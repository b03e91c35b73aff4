//! Where the reader changes an own comment.

use causerie_core::{Act, CommentId, Error};

use super::notice;

use crate::browser::dom;
use crate::browser::view::{View, el};
use crate::messages::{messages, msg};
use crate::state::kept::Watch;
use crate::state::live::Below;
use crate::state::thread::{Thread, element_id};

/// The text of the comment, as it was written, to be changed; and why the last try failed.
pub(crate) fn view(thread: Thread, id: CommentId, written: &str, error: Option<&Error>) -> View {
    let text = Watch::new(written.to_owned());
    let control_id = format!("causerie-edit-{id}");
    dom::focus_next_frame(thread.host, control_id.clone());
    let control = el("textarea")
        .attr("id", &control_id)
        .attr("rows", "5")
        .attr("dir", "auto")
        .text(written)
        .on("input", move |event| text.set(dom::value(&event)));
    let edited = id.clone();
    let save = move || {
        let act = Act::Edit(edited.clone(), text.get_untracked());
        thread.act(edited.clone(), act);
    };
    let close = move || {
        thread.open_below(&id, &Below::Nothing);
        dom::focus_next_frame(thread.host, element_id(&id));
    };
    let button = |kind: &str| el("button").attr("type", kind);
    let buttons = el("div")
        .class("buttons")
        .child(button("submit").class("primary").say(msg::SAVE))
        .child(
            button("button")
                .on("click", move |_| close())
                .say(msg::CANCEL),
        );
    let label = el("label")
        .attr("for", &control_id)
        .text(&messages().get(msg::EDIT_LABEL));
    let form = el("form")
        .on("submit", move |event| {
            event.prevent_default();
            save();
        })
        .child(el("div").class("field").child(label).child(control))
        .children(error.map(notice::not_done))
        .child(buttons);
    el("div").class("write").child(form).into()
}

/// A moment in which the reader may think again about deleting the comment.
pub(crate) fn deleting(thread: Thread, id: CommentId) -> View {
    let undo = el("button")
        .part("button")
        .attr("type", "button")
        .on("click", move |_| {
            thread.open_below(&id, &Below::Nothing);
            dom::focus_next_frame(thread.host, element_id(&id));
        })
        .say(msg::UNDO);
    el("div")
        .class("summary")
        .child(el("p").attr("role", "status").say(msg::DELETING))
        .child(undo)
        .into()
}
