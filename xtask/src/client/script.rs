//! Makes a script smaller without changing what it does: no comments or space, short names for
//! all that is not exported, nothing that nobody calls.

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::Result;

/// The script `text`, a JavaScript module.
pub(crate) fn minified(text: &str) -> Result<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::mjs()).parse();
    if let Some(problem) = parsed.diagnostics.first() {
        return Err(format!("cannot read a script to minify it: {problem}"));
    }
    let mut program = parsed.program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let code = Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(minified.scoping)
        .with_private_member_mappings(minified.class_private_mappings)
        .build(&program)
        .code;
    Ok(code + "\n")
}

#[cfg(test)]
mod tests {
    use super::minified;

    #[test]
    fn exports_keep_their_names_and_all_else_loses_its_own() {
        let code = "// Why.\nconst FIRST = [\"a.js\", \"\"];\nclass Long { #hidden = FIRST; give() { return this.#hidden; } }\n\
                    export function open(argument) { return [argument, new Long().give()]; }\nfunction unused() {}\n";
        let short = minified(code).expect("is JavaScript");
        assert!(short.contains("open") && short.contains("give"), "{short}");
        for gone in ["Why", "FIRST", "Long", "hidden", "argument", "unused"] {
            assert!(!short.contains(gone), "{gone} is left in {short}");
        }
    }

    #[test]
    fn what_is_no_script_is_an_error() {
        assert!(minified("export function {").is_err());
    }
}
