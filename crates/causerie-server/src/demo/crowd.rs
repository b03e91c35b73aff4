//! Ten thousand comments out of a stock of fragments: always the same ones.

use causerie_core::Timestamp;

use crate::markdown;
use crate::store::comments::{CommentRow, Status};

/// The post that the crowd comments, by its key in the demo's feed.
const THREAD: &str = "the-visitors-book";

/// 2024-05-01T06:00:00Z: when the first one writes.
const BEGIN_MS: i64 = 1_714_543_200_000;

/// Two years, less a day: the last one writes before 2026-05-01.
const SPAN_MS: i64 = 729 * 24 * 60 * 60 * 1_000;

/// The deepest answer; a comment that answers none has depth 0.
const DEPTH_MAX: usize = 12;

/// `count` comments, oldest first.
pub(crate) fn comments(count: usize) -> Vec<CommentRow> {
    let mut dice = Dice(0x00ca_05e2_1e00);
    let mut depths: Vec<usize> = Vec::with_capacity(count);
    let step = SPAN_MS / i64::try_from(count.max(1)).unwrap_or(i64::MAX);
    (0..count)
        .map(|at| {
            let parent = parent(&mut dice, &depths);
            depths.push(parent.map_or(0, |parent| depths[parent] + 1));
            let jitter = i64::try_from(dice.below(60_000)).unwrap_or_default();
            let begin = i64::try_from(at).unwrap_or_default();
            let post_author = parent.is_some() && dice.one_in(40);
            let content = content(&mut dice, at);
            CommentRow {
                id: id(at),
                thread: THREAD.to_owned(),
                parent: parent.map(id),
                name: match post_author {
                    true => "Marigold Penhaligon".to_owned(),
                    false => name(&mut dice),
                },
                email: String::new(),
                url: match dice.one_in(9) {
                    true => format!("https://visitor-{at}.example/"),
                    false => String::new(),
                },
                post_author,
                html: markdown::to_html(&content),
                content,
                published: Timestamp::from_ms((BEGIN_MS + begin * step + jitter) / 1_000 * 1_000),
                updated: None,
                status: Status::Published,
            }
        })
        .collect()
}

fn id(at: usize) -> String {
    format!("book{at:05}")
}

/// What the next comment answers: mostly something recent, as people do.
fn parent(dice: &mut Dice, depths: &[usize]) -> Option<usize> {
    if depths.is_empty() || dice.below(10) < 3 {
        return None;
    }
    let back = match dice.below(10) {
        0..=4 => dice.below(3),
        5..=8 => dice.below(40),
        _ => dice.below(2_000),
    };
    let parent = depths.len() - 1 - back.min(depths.len() - 1);
    (depths[parent] < DEPTH_MAX).then_some(parent)
}

fn name(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 => dice.pick(LONE_NAMES).to_owned(),
        1..=4 => dice.pick(FIRST_NAMES).to_owned(),
        _ => format!("{} {}", dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)),
    }
}

fn content(dice: &mut Dice, at: usize) -> String {
    if at == 4_321 {
        // A word that no line can hold, and no hyphen breaks.
        return format!("I sneezed: {}choo!", "aaaaatchi".repeat(60));
    }
    match dice.below(100) {
        0..=9 => dice.pick(WORDS).to_owned(),
        10..=13 => (0..=dice.below(5)).map(|_| dice.pick(EMOJI)).collect(),
        14..=20 => dice.pick(FRENCH).to_owned(),
        21..=23 => dice.pick(RIGHT_TO_LEFT).to_owned(),
        24..=26 => dice.pick(JAPANESE).to_owned(),
        27..=29 => format!("> {}\n\n{}", sentence(dice), sentence(dice)),
        30..=31 => {
            let things: Vec<_> = (0..3).map(|_| format!("- {}", dice.pick(THINGS))).collect();
            format!("Left on the windowsill today:\n\n{}", things.join("\n"))
        }
        32 => format!(
            "{} More [in my notes](https://notes-{at}.example/).",
            sentence(dice)
        ),
        33..=79 => paragraph(dice, 3),
        _ => {
            let paragraphs: Vec<_> = (0..dice.below(4) + 2).map(|_| paragraph(dice, 6)).collect();
            paragraphs.join("\n\n")
        }
    }
}

fn paragraph(dice: &mut Dice, sentences_max: usize) -> String {
    let sentences: Vec<_> = (0..=dice.below(sentences_max))
        .map(|_| sentence(dice))
        .collect();
    sentences.join(" ")
}

fn sentence(dice: &mut Dice) -> String {
    let mut sentence = match dice.below(4) {
        0 => format!("{}, ", dice.pick(OPENERS)),
        _ => String::new(),
    };
    let (who, did, thing) = (dice.pick(PEOPLE), dice.pick(DEEDS), dice.pick(THINGS));
    sentence.push_str(&format!("{who} {did} {thing}"));
    if dice.below(3) > 0 {
        sentence.push_str(&format!(" {}", dice.pick(CIRCUMSTANCES)));
    }
    sentence.push_str(dice.pick(&[".", ".", ".", ".", "!", "…", ", *obviously*.", " :-)", "?"]));
    let first_length = sentence.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = sentence.split_at(first_length);
    format!("{}{rest}", first.to_uppercase())
}

/// SplitMix64: numbers that look random and are the same everywhere and in every version.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to less than `end`, which must not be 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.roll() % end).unwrap_or_default()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Copy>(&mut self, stock: &[T]) -> T {
        stock[self.below(stock.len())]
    }
}

const FIRST_NAMES: &[&str] = &[
    "Abelard",
    "Amaryllis",
    "Balthazar",
    "Barnabé",
    "Bettina",
    "Calliope",
    "Casimir",
    "Clémence",
    "Cosima",
    "Damaris",
    "Dorothea",
    "Égide",
    "Eudora",
    "Fergus",
    "Fiammetta",
    "Ghislaine",
    "Griselda",
    "Hedwig",
    "Horatio",
    "Ildikó",
    "Isidore",
    "Jocasta",
    "Jørgen",
    "Kasimira",
    "Lancelot",
    "Léopoldine",
    "Ludmila",
    "Malachi",
    "Mehitabel",
    "Nepomuk",
    "Océane",
    "Ottokar",
    "Peregrine",
    "Philomena",
    "Quentin",
    "Rosalind",
    "Rutger",
    "Séraphine",
    "Sigismund",
    "Thaddeus",
    "Ursula",
    "Valentin",
    "Wenceslas",
    "Winifred",
    "Xanthe",
    "Ysolde",
    "Zebulon",
    "Zuzana",
];

const LAST_NAMES: &[&str] = &[
    "Ambergate",
    "Applewhistle",
    "Bramblecote",
    "Brindlemoor",
    "Chantepleure",
    "Cloverfield-Ames",
    "Copperwick",
    "Dandelieu",
    "Dovetail",
    "Eglantine",
    "Featherstonehaugh-Pell",
    "Fenwhistle",
    "Gallowglass",
    "Gooseberry",
    "Haverstraw",
    "Hollyhock",
    "Ironmonger",
    "Jessamine",
    "Kettleburn",
    "Larkspur",
    "Lumière-Dupré",
    "Marchpane",
    "Merriweather",
    "Nettlebed",
    "Oldcastle",
    "Ottersby",
    "Pennyfarthing",
    "Pimpernel",
    "Quicksilver",
    "Ravensworth",
    "Rossignol",
    "Saltmarsh",
    "Snapdragon",
    "Tanglewood",
    "Thimblethorpe",
    "Umberfield",
    "Vraisemblance",
    "Wimplegate",
    "Wrenfeather",
    "Yarrow",
    "Zwiebelkuchen",
];

const LONE_NAMES: &[&str] = &[
    "the ferryman",
    "A. Nonymous",
    "سلمى من الميناء",
    "דבורה השכנה",
    "通りすがりの猫",
    "x",
    "🦊",
    "Somebody’s grandmother",
    "Le facteur",
    "M. de la Très-Haute-Fougère-sur-Étang",
];

const WORDS: &[&str] = &[
    "Yes.",
    "No.",
    "Why?",
    "Hello!",
    "Indeed.",
    "Bravo!",
    "Never.",
    "Ha!",
    "Again?",
    "Mustard.",
    "Seconded.",
    "Ferry!",
    "Here.",
    "Oui.",
    "Hmm.",
];

const EMOJI: &[&str] = &[
    "🌧️",
    "⛴️",
    "☕",
    "🐸",
    "🎉",
    "💛",
    "👩‍🌾",
    "🇪🇺",
    "😀",
    "🫖",
    "🥐",
    "👍🏽",
];

const OPENERS: &[&str] = &[
    "as far as I remember",
    "on the whole",
    "with respect",
    "to be fair",
    "between us",
    "contrary to the entry above",
    "for the third time",
    "if the tide allows",
    "strangely enough",
    "in my family",
    "before the bell rang",
    "to answer the question",
    "unless I am mistaken",
    "after due consideration",
];

const PEOPLE: &[&str] = &[
    "the ferryman",
    "my aunt",
    "a man with two umbrellas",
    "the baker’s second son",
    "the whole choir",
    "nobody in particular",
    "the lighthouse keeper",
    "my better half",
    "a very small dog",
    "the mayor of the other bank",
    "the pencil’s owner",
    "a lady in green",
    "the schoolteacher",
    "everybody on the early boat",
    "the clockmaker",
    "that same goose",
    "our landlord",
    "the accordion player",
    "a traveler from upstream",
    "the postwoman",
];

const DEEDS: &[&str] = &[
    "has forgotten",
    "insists on",
    "once mended",
    "will not hear a word against",
    "is quietly fond of",
    "came back for",
    "misread",
    "has been drawing",
    "exchanged a hat for",
    "wrote a song about",
    "is still looking for",
    "promised me",
    "dropped",
    "keeps asking about",
    "brought",
    "photographed",
    "quarreled over",
    "has never seen",
    "borrowed",
    "swears by",
];

const THINGS: &[&str] = &[
    "the blue teapot",
    "a map of the river",
    "seven pears",
    "the timetable",
    "a recipe for quince",
    "the left oar",
    "an umbrella without a handle",
    "the second verse",
    "a jar of buttons",
    "the weather of last March",
    "a letter that never arrived",
    "the smell of rope",
    "a perfectly good ladder",
    "the word for it",
    "an opinion about bridges",
    "three marbles",
    "the best seat on the ferry",
    "a hat like a lampshade",
    "the bell",
    "a cold",
];

const CIRCUMSTANCES: &[&str] = &[
    "in the rain",
    "since Tuesday",
    "without saying why",
    "on the far side of the river",
    "between two crossings",
    "for no money at all",
    "with both hands",
    "at low water",
    "in front of witnesses",
    "as if it were nothing",
    "before breakfast",
    "all through the winter",
    "to general applause",
    "behind the boathouse",
    "out of pure kindness",
    "with a straight face",
    "and regretted it",
    "though nobody had asked",
    "by candlelight",
    "in the wrong order",
];

const FRENCH: &[&str] = &[
    "Passé par ici un jour de brume. On entendait la cloche, on ne voyait pas le bac.",
    "« Le crayon est taillé », dit-on. Il l’était ! Merci à la main inconnue.",
    "Ma grand-mère aurait adoré cette fenêtre ; elle en aurait dit du mal, mais elle l’aurait adorée.",
    "Trois fois que je reviens, trois fois que le chat occupe ma place. Je m’incline. 🐈",
    "Qui donc a écrit la recette du coing à la page d’avant ? Il y manque le sucre :-)",
    "Nous étions cinq, il pleuvait, nous avons chanté. Voilà tout, et c’est beaucoup.",
    "Où sont passés les parapluies ?",
    "Bonjour aux suivants. Le banc du fond est bancal, mais la vue ne l’est pas.",
];

const RIGHT_TO_LEFT: &[&str] = &[
    "مررتُ من هنا في المساء، وكان النهر هادئًا كأنه يقرأ.",
    "شكرًا على القلم المبري! كتبتُ سطرين ثم جاءت العبّارة (رقم 7).",
    "سأعود في الربيع مع أختي، فهي تحب الأجراس.",
    "עברנו כאן בגשם, והמעבורת איחרה בשעה. היה נפלא.",
    "מי לקח את הקומקום הכחול? אני רק שואלת, בלי להאשים אף אחד :-)",
    "שלום מהגדה השנייה! ראינו את האור בחלון עד 22:30.",
];

const JAPANESE: &[&str] = &[
    "霧の朝、渡し船を待ちながらこれを書いています。鉛筆がよく削れていました。",
    "窓辺の猫に席を譲りました。",
    "川の向こうまで歩いてみたら、同じ鐘の音が聞こえました。また来ます！",
    "梨を三つ置いていきます。どなたでもどうぞ🍐",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crowd_is_the_same_crowd_every_time() {
        let (once, twice) = (comments(400), comments(400));
        let texts = |rows: &[CommentRow]| -> Vec<_> {
            rows.iter()
                .map(|row| (row.parent.clone(), row.name.clone(), row.content.clone()))
                .collect()
        };
        assert_eq!(texts(&once), texts(&twice));
    }

    #[test]
    fn it_is_as_deep_and_as_late_as_it_may_be() {
        let rows = comments(10_000);
        let depth = |row: &CommentRow| {
            let mut depth = 0;
            let mut parent = row.parent.as_deref();
            while let Some(id) = parent {
                let at: usize = id.trim_start_matches("book").parse().expect("an id");
                depth += 1;
                parent = rows[at].parent.as_deref();
            }
            depth
        };
        assert_eq!(rows.iter().map(depth).max(), Some(DEPTH_MAX));
        assert!(rows.is_sorted_by_key(|row| row.published));
        let last = rows.last().expect("ten thousand").published.to_string();
        assert!(last.as_str() < "2026-05-01", "{last}");
    }
}
