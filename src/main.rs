//! The program `sticky-assignor`: the library's functions on documents, from the command line.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
