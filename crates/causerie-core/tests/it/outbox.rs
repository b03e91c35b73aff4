//! The outbox against a world in which everything happens in any order.

use std::rc::Rc;

use causerie_core::outbox::UNDO;
use causerie_core::{
    Again, CheckedDraft, Comment, CommentId, Draft, Entry, Error, Json, Letter, Limits, Response,
    State, Step, Timestamp,
};
use proptest::prelude::*;

fn draft(text: &str) -> CheckedDraft {
    let draft = Draft {
        name: "Ada".into(),
        text: text.into(),
        ..Draft::default()
    };
    draft.check(&Limits::default()).expect("keeps the rules")
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

const NOW: i64 = 1_790_000_000_000;
const HOUR: i64 = 3_600_000;

fn letter(text: &str) -> Letter {
    Letter {
        key: "k".into(),
        backend: "b".into(),
        page: "p".into(),
        thread: "t".into(),
        title: String::new(),
        parent: None,
        draft: draft(text),
        known: Vec::new(),
        written: at(NOW),
    }
}

fn entry() -> Entry {
    Entry::new(letter("Hello"))
}

fn lost() -> Error {
    Error::Unreachable("reset".into())
}

fn status(status: u16, retry_after: Option<u32>) -> Error {
    Error::Status {
        status,
        detail: String::new(),
        retry_after,
    }
}

/// What the back end knows and does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Server {
    /// Knows keys, as the contract asks.
    Keys,
    /// Refuses what it has already, and may hold it unseen, as WordPress does.
    Duplicates,
    /// Stores whatever comes, and shows it, as Isso does.
    Plain,
    /// Stores whatever comes, and shows nothing of it before a moderator has read it, as an Isso
    /// does whose blogger says so.
    Hidden,
    /// Stores whatever comes, and shows nothing, as a form does.
    Silent,
}

impl Server {
    fn again(self) -> Again {
        match self {
            Self::Keys => Again::Freely,
            Self::Duplicates | Self::Plain | Self::Hidden => Again::AfterReading,
            Self::Silent => Again::IfTheReaderSays,
        }
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    AnswerLost,
    RequestLost,
    /// The client gives up; the request arrives all the same, soon.
    Late(i64),
    TooMany(u32),
    Broken {
        stored: bool,
    },
    Unavailable(u32),
    Portal,
    Refused,
    /// The tab dies; the request may arrive.
    Killed {
        arrives: bool,
    },
}

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A tab looks whether there is something to do.
    Look {
        tab: usize,
    },
    /// What is under way in a tab comes to its end.
    End {
        tab: usize,
        fate: Fate,
    },
    Pass {
        ms: i64,
    },
    /// Somebody sets the clock of the device back.
    ClockBack {
        ms: i64,
    },
    Reconnect,
    /// On a discarded one it is called Undo.
    SendNow,
    Discard,
}

fn servers() -> impl Strategy<Value = Server> {
    prop_oneof![
        1 => Just(Server::Keys),
        1 => Just(Server::Duplicates),
        4 => Just(Server::Plain),
        1 => Just(Server::Hidden),
        1 => Just(Server::Silent),
    ]
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Answered),
        2 => Just(Fate::AnswerLost),
        2 => Just(Fate::RequestLost),
        2 => (1..10_000i64).prop_map(Fate::Late),
        1 => (0..120u32).prop_map(Fate::TooMany),
        1 => any::<bool>().prop_map(|stored| Fate::Broken { stored }),
        1 => (0..120u32).prop_map(Fate::Unavailable),
        1 => Just(Fate::Portal),
        1 => Just(Fate::Refused),
        1 => any::<bool>().prop_map(|arrives| Fate::Killed { arrives }),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        8 => (0..2usize).prop_map(|tab| Event::Look { tab }),
        6 => (0..2usize, fates()).prop_map(|(tab, fate)| Event::End { tab, fate }),
        4 => prop_oneof![0..9_000i64, 0..25_000i64, 0..90_000i64].prop_map(|ms| Event::Pass { ms }),
        1 => (0..HOUR).prop_map(|ms| Event::ClockBack { ms }),
        1 => Just(Event::Reconnect),
        2 => Just(Event::SendNow),
        1 => Just(Event::Discard),
    ];
    prop::collection::vec(event, 0..40)
}

struct World {
    server: Server,
    has_locks: bool,
    now: i64,
    /// How far behind the clock of the device is. Less than a day in all: more is a limit.
    behind: i64,
    /// What the device keeps.
    kept: Option<Entry>,
    /// What each tab is doing, and since when.
    tabs: [Option<(Step, i64)>; 2],
    /// Copies at the server.
    stored: usize,
    /// When requests arrive that were given up on.
    on_the_line: Vec<i64>,
    /// The reader was asked, and said to send it again.
    insisted: bool,
    /// The reader did not want it, and it is gone.
    is_discarded: bool,
}

impl World {
    fn new(server: Server, has_locks: bool) -> Self {
        Self {
            server,
            has_locks,
            now: NOW,
            behind: 0,
            kept: Some(entry()),
            tabs: [None; 2],
            stored: 0,
            on_the_line: Vec::new(),
            insisted: false,
            is_discarded: false,
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Look { tab } => self.look(tab),
            Event::End { tab, fate } => {
                if let Some((step, _)) = self.tabs[tab].take() {
                    self.end(step, fate);
                }
            }
            Event::Pass { ms } => {
                self.now += ms;
                let arrived = self.on_the_line.extract_if(.., |due| *due <= self.now);
                for _ in 0..arrived.count() {
                    self.arrive();
                }
                // No request takes longer than this, in any tab.
                for tab in 0..2 {
                    let ended = self.tabs[tab].take_if(|(_, since)| *since + 30_000 <= self.now);
                    if let Some((step, _)) = ended {
                        self.end(step, Fate::RequestLost);
                    }
                }
            }
            Event::ClockBack { ms } => self.behind = (self.behind + ms).min(23 * HOUR),
            Event::Reconnect => self.change(|entry, now| entry.reconnect(now)),
            Event::SendNow => {
                if self.is_sending() {
                    return;
                }
                let asked = self
                    .kept
                    .as_ref()
                    .is_some_and(|it| it.state == State::Unsure);
                self.insisted |= asked;
                self.change(|entry, _| entry.hasten());
            }
            Event::Discard => {
                if self.is_sending() {
                    return;
                }
                self.change(|entry, now| {
                    entry.discard(now);
                    assert!(!entry.is_due(now, true));
                });
            }
        }
        let copies = self.stored;
        assert!(copies <= 1 || self.insisted, "{copies} copies");
        let is_there = copies >= 1 || self.kept.is_some();
        assert!(is_there || self.is_discarded, "lost");
    }

    fn is_sending(&self) -> bool {
        let state = self.kept.as_ref().map(|entry| &entry.state);
        matches!(state, Some(State::Sending { .. }))
    }

    fn change(&mut self, change: impl FnOnce(&mut Entry, Timestamp)) {
        let now = self.clock();
        if let Some(entry) = &mut self.kept {
            change(entry, now);
        }
    }

    /// What the device takes for now.
    fn clock(&self) -> Timestamp {
        at(self.now - self.behind)
    }

    fn look(&mut self, tab: usize) {
        let is_alone = self.has_locks && self.tabs.iter().all(Option::is_none);
        if self.tabs[tab].is_some() || (self.has_locks && !is_alone) {
            return;
        }
        let (now, again) = (self.clock(), self.server.again());
        let Some(entry) = &mut self.kept else { return };
        if !entry.is_due(now, is_alone) {
            return;
        }
        if matches!(entry.state, State::Discarded { .. }) {
            self.kept = None;
            self.is_discarded = true;
        } else {
            self.tabs[tab] = entry.begin(now, again).map(|step| (step, self.now));
        }
    }

    fn arrive(&mut self) {
        let knows = matches!(self.server, Server::Keys | Server::Duplicates);
        if !knows || self.stored == 0 {
            self.stored += 1;
        }
    }

    fn end(&mut self, step: Step, fate: Fate) {
        if step == Step::Read {
            return self.end_reading(fate);
        }
        let error = match fate {
            Fate::Answered => {
                self.arrive();
                self.kept = None;
                return;
            }
            Fate::AnswerLost => {
                self.arrive();
                lost()
            }
            Fate::RequestLost => lost(),
            Fate::Late(ms) => {
                self.on_the_line.push(self.now + ms);
                Error::TimedOut
            }
            Fate::TooMany(seconds) => Error::TooMany {
                retry_after: Some(seconds),
            },
            Fate::Broken { stored } => {
                if stored {
                    self.arrive();
                }
                status(500, None)
            }
            Fate::Unavailable(seconds) => status(503, Some(seconds)),
            Fate::Portal => Error::NotJson {
                found: "text/html".into(),
            },
            // It is not refused what the server has by this key, or takes for a duplicate.
            Fate::Refused => Error::Closed,
            Fate::Killed { arrives } => {
                if arrives {
                    self.arrive();
                }
                return;
            }
        };
        self.change(|entry, now| entry.not_sent(&error, None, now, 0.5));
    }

    fn end_reading(&mut self, fate: Fate) {
        match fate {
            Fate::Killed { .. } => {}
            Fate::Answered => {
                // What WordPress holds is not in the conversation.
                if self.stored > 0 && self.server == Server::Plain {
                    self.kept = None;
                } else {
                    let may_hide = self.server == Server::Hidden;
                    self.change(|entry, _| entry.not_found(may_hide));
                }
            }
            _ => self.change(|entry, now| entry.not_read(&lost(), now, 0.5)),
        }
    }

    /// Whether only the reader can go on.
    fn asks(&self) -> bool {
        let state = self.kept.as_ref().map(|entry| &entry.state);
        matches!(state, Some(State::Unsure | State::Refused(_)))
    }

    /// All goes well from now on.
    fn heal(&mut self) {
        self.happen(Event::Pass { ms: 24 * HOUR });
        for _ in 0..40 {
            self.happen(Event::Pass { ms: 100_000 });
            if self.asks() {
                return;
            }
            for tab in 0..2 {
                self.happen(Event::Look { tab });
                let fate = Fate::Answered;
                self.happen(Event::End { tab, fate });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn never_lost_and_never_twice(
        server in servers(),
        has_locks in any::<bool>(),
        events in events(),
    ) {
        let mut world = World::new(server, has_locks);
        for event in events {
            world.happen(event);
        }
        world.heal();
        let asks = world.asks();
        prop_assert!(world.kept.is_none() || asks, "{:?}", world.kept);
        if let Some(Entry { state: State::Unsure, .. }) = world.kept {
            prop_assert!(matches!(server, Server::Silent | Server::Hidden));
        }
        prop_assert!(world.stored == 1 || asks || world.insisted || world.is_discarded);
    }

}

proptest! {
    #[test]
    fn what_is_kept_is_read_back(server in 0..3usize, text in "\\S.{0,80}", events in events()) {
        let servers = [Server::Keys, Server::Plain, Server::Silent];
        let mut world = World::new(servers[server], true);
        world.kept = Some(Entry::new(Letter {
            parent: Some(CommentId::new(&text)),
            known: vec![CommentId::new(&text)],
            title: text.clone(),
            ..letter(&text)
        }));
        for event in events {
            world.happen(event);
            if let Some(entry) = &world.kept {
                let kept = Json::parse(&entry.to_json().to_text()).expect("JSON");
                prop_assert_eq!(Entry::read(&kept), Some(entry.clone()));
            }
        }
    }

    #[test]
    fn nothing_panics(text in any::<String>(), ms in any::<i64>(), now in any::<i64>(), seconds in any::<u32>()) {
        let json = format!(r#"{{"key":"k","state":"waiting","at":{ms},"settles":{ms},"written":{ms},"tries":{ms}}}"#);
        let kept = Json::parse(&json).expect("JSON");
        let mut entry = Entry::read(&kept).expect("an entry");
        let _ = (entry.is_due(at(now), true), entry.begin(at(now), Again::AfterReading));
        entry.not_sent(&status(503, Some(seconds)), None, at(now), 1.0);
        entry.reconnect(at(now));
        entry.discard(at(now));
        let _ = (entry.is_due(at(ms), false), entry.letter.find(&[entry.letter.comment()]));
        let _ = Json::parse(&text).map(|json| Entry::read(&json));
    }
}

#[test]
fn a_refusal_keeps_what_was_answered_and_the_text() {
    let mut entry = entry();
    assert_eq!(entry.begin(at(NOW), Again::Freely), Some(Step::Send));
    let response = Rc::new(Response {
        status: 403,
        body: "<p>no</p>".into(),
        ..Response::default()
    });
    entry.not_sent(&Error::Closed, Some(response.clone()), at(NOW), 0.0);
    assert_eq!(entry.state, State::Refused(response));
    assert!(entry.may_change() && !entry.is_due(at(NOW), true));
    let kept = Json::parse(&entry.to_json().to_text()).expect("JSON");
    assert_eq!(Entry::read(&kept), Some(entry));
}

fn until(entry: &Entry) -> i64 {
    match entry.state {
        State::Waiting { until, .. } => until.ms(),
        _ => panic!("expected it to wait, found {:?}", entry.state),
    }
}

#[test]
fn waits_double_keep_what_the_server_asks_and_end_with_a_new_connection() {
    let mut entry = entry();
    let mut waits = Vec::new();
    for _ in 0..9 {
        entry.begin(at(NOW), Again::Freely);
        entry.not_sent(&lost(), None, at(NOW), 1.0);
        waits.push(until(&entry) - NOW);
    }
    assert_eq!(waits[..4], [2_000, 4_000, 8_000, 16_000]);
    assert_eq!(waits[8], 300_000);
    entry.reconnect(at(NOW));
    assert!(entry.is_due(at(NOW), true));

    entry.begin(at(NOW), Again::Freely);
    let asked = status(503, Some(900));
    entry.not_sent(&asked, None, at(NOW), 0.0);
    entry.reconnect(at(NOW));
    assert_eq!(until(&entry), NOW + 900_000);
    // Unless the clock was wrong when it was told.
    assert!(entry.is_due(at(NOW - 365 * 86_400_000), true));
}

#[test]
fn what_may_have_arrived_is_not_changed() {
    let mut entry = entry();
    assert!(entry.may_change());
    entry.begin(at(NOW), Again::AfterReading);
    let later = Error::TooMany { retry_after: None };
    entry.not_sent(&later, None, at(NOW), 0.0);
    assert!(entry.may_change());
    entry.hasten();
    entry.begin(at(NOW), Again::AfterReading);
    entry.not_sent(&lost(), None, at(NOW), 0.0);
    assert!(!entry.may_change());
    entry.not_found(false);
    assert!(entry.may_change());
    assert_eq!(entry.begin(at(NOW), Again::AfterReading), Some(Step::Send));
}

#[test]
fn a_back_end_that_may_hide_it_leaves_it_to_the_reader() {
    let mut entry = entry();
    entry.begin(at(NOW), Again::AfterReading);
    entry.not_sent(&lost(), None, at(NOW), 0.0);
    entry.not_found(true);
    assert_eq!(entry.state, State::Unsure);
    assert!(!entry.is_due(at(NOW + 1_000_000), true) && !entry.may_change());
    entry.hasten();
    assert_eq!(entry.begin(at(NOW), Again::AfterReading), Some(Step::Send));
}

#[test]
fn a_key_that_servers_may_have_forgotten_is_not_relied_on() {
    let mut entry = entry();
    entry.begin(at(NOW), Again::Freely);
    let later = at(NOW + 26 * 86_400_000);
    assert_eq!(entry.begin(later, Again::Freely), Some(Step::Read));
}

#[test]
fn what_is_discarded_can_be_undone_for_a_while() {
    let mut entry = entry();
    entry.discard(at(NOW));
    assert!(!entry.is_due(at(NOW + UNDO - 1), true));
    assert!(entry.is_due(at(NOW + UNDO), true));
}

fn stored(id: &str, parent: Option<&str>, html: &str) -> Comment {
    Comment {
        html: html.into(),
        published: Some(at(NOW + 5)),
        ..Comment::sample(id, parent, 0)
    }
}

#[test]
fn it_is_found_by_name_place_and_words() {
    let text = "See [this](https://a.example/x) & <b>that</b>, “so” to say.";
    let mut entry = letter(text);
    let is_found = |entry: &Letter, comment: &Comment| {
        entry.find(&[stored("0", None, "<p>Else</p>"), comment.clone()]) == Some(comment)
    };
    // As Isso tells it with plain=1, and as WordPress keeps what it lets through.
    let plain = stored("1", None, text);
    assert!(is_found(&entry, &plain));
    let html =
        "<p>See [this](https://a.example/x) &#038; <b>that</b>, &#8220;so&#8221; to say.</p>";
    assert!(is_found(&entry, &stored("1", None, html)));

    assert!(!is_found(
        &entry,
        &stored("1", None, "See this and that, so to say.")
    ));
    assert!(!is_found(&entry, &stored("1", Some("0"), text)));
    let mut other = plain.clone();
    other.author.name = "Bob".into();
    assert!(!is_found(&entry, &other));
    let mut old = plain.clone();
    old.published = Some(at(NOW - 86_400_000));
    assert!(!is_found(&entry, &old));
    entry.known = vec![plain.id.clone()];
    assert!(!is_found(&entry, &plain));
}

#[test]
fn isso_hangs_an_answer_to_an_answer_higher() {
    let mut entry = letter("Hello");
    entry.parent = Some(CommentId::new("2"));
    let thread = [
        stored("1", None, "Root"),
        stored("2", Some("1"), "Reply"),
        stored("3", Some("1"), "Hello"),
    ];
    assert_eq!(entry.find(&thread), Some(&thread[2]));
    entry.parent = Some(CommentId::new("1"));
    assert_eq!(entry.find(&thread[..2]), None);
    let elsewhere = [thread[0].clone(), stored("4", Some("9"), "Hello")];
    assert_eq!(entry.find(&elsewhere), None);
}
