//! A proof of each kind, to be altered.

use std::ops::Range;
use std::sync::LazyLock;

use zkvm_second_verifier::shape::Shape;

use crate::layout::{Message, messages};
use crate::support::{SECOND_POLICY, Subject, echo};

/// Bytes before the output.
pub const HEAD: usize = 8 + 4 + 32 + 4 + 1 + 4 + 4;
/// Place of the program digest.
pub const DIGEST: Range<usize> = 12..44;
/// Place of t, κ, m, c.
pub const SIZES: Range<usize> = 44..48;
/// Public input of the run.
pub const INPUT: &[u8] = b"eight byte";

/// An honest proof.
pub struct Example {
    pub subject: Subject,
    pub proof: Vec<u8>,
    /// Where the tape begins.
    pub tape: usize,
    pub messages: Vec<Message>,
}

static CLEAR: LazyLock<Example> = LazyLock::new(|| Example::new(false));
/// The zero-knowledge one.
pub static HIDDEN: LazyLock<Example> = LazyLock::new(|| Example::new(true));

/// Both kinds.
pub fn examples() -> [&'static Example; 2] {
    [&CLEAR, &HIDDEN]
}

impl Example {
    /// A proof of the same run always; random if it is zero-knowledge.
    pub fn new(zero_knowledge: bool) -> Example {
        let subject = Subject::new(&echo(4, 0));
        let (io, trace) = subject.run(INPUT, &[3; 80]);
        let proof = subject.prove(&io, trace, (4, Some(8)), zero_knowledge);
        let tape = HEAD + io.output.len();
        assert!(subject.verdict("the honest proof", INPUT, &proof).is_ok());
        let sizes = proof[SIZES].try_into().expect("four sizes");
        let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
        let messages = messages(&shape, zero_knowledge);
        let example = Example { subject, proof, tape, messages };
        assert_eq!(example.elements(), example.messages.last().expect("there are some").elements.end);
        example
    }

    /// Messages with their numbers: all but most of the rounds.
    pub fn most_messages(&self) -> impl Iterator<Item = (usize, &Message)> {
        self.messages.iter().enumerate().filter(|(i, message)| message.label != "round" || i % 5 == 0)
    }

    /// Number of the tape's elements.
    pub fn elements(&self) -> usize {
        (self.proof.len() - self.tape) / 32
    }

    /// Where an element is.
    pub fn element(&self, element: usize) -> Range<usize> {
        self.bytes(&(element..element + 1))
    }

    /// Where some elements are.
    pub fn bytes(&self, elements: &Range<usize>) -> Range<usize> {
        self.tape + 32 * elements.start..self.tape + 32 * elements.end
    }

    /// Asserts that both verifiers refuse the altered proof.
    pub fn refuses(&self, what: &str, alter: impl FnOnce(&mut Vec<u8>)) {
        let mut altered = self.proof.clone();
        alter(&mut altered);
        assert!(altered != self.proof, "{what}: nothing is altered");
        self.subject.refused(what, INPUT, &altered);
    }
}
