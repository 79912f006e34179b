//! Which proofs are zero-knowledge.

use zkvm_host::build::GuestBuilder;
use zkvm_host::{Guest, Host, Options, Program, Proof};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");

type Hash = [u8; 32];

/// `fn merkle(#[public] root, #[private] leaf, #[private] position, #[private] path) -> bool`
type Member = Host<(Hash, Vec<u8>, u32, Vec<Hash>), bool, (Hash,)>;

fn member() -> Member {
    let guest = GuestBuilder::new(format!("{EXAMPLES}/merkle/guest")).build().unwrap();
    Host::new(Program::from_elf(&guest.elf, &[true, false, false, false]).unwrap())
}

/// What somebody proves who is not on any list.
fn stranger() -> (Hash, Vec<u8>, u32, Vec<Hash>) {
    ([7; 32], b"a name".to_vec(), 0, vec![])
}

/// What the verifier learns.
#[track_caller]
fn is_member(host: &Member, proof: &Proof) -> bool {
    let read = Proof::from_bytes(&proof.to_bytes()).unwrap();
    assert_eq!(read.is_zero_knowledge(), proof.is_zero_knowledge());
    let output = host.verifier().verify(([7; 32],), &read).unwrap();
    assert!(host.verifier().verify(([8; 32],), &read).is_err());
    output
}

#[test]
fn a_run_with_private_arguments_is_proven_in_zero_knowledge_and_no_two_proofs_are_alike() {
    let host = member();
    let [first, second] = [(); 2].map(|()| host.prove(stranger()).run().unwrap());
    assert!(first.is_zero_knowledge() && second.is_zero_knowledge());
    assert!(!is_member(&host, &first) && !is_member(&host, &second));
    let different = first.inner().tape.iter().zip(&second.inner().tape).filter(|(a, b)| a != b).count();
    let length = first.inner().tape.len();
    assert_eq!(second.inner().tape.len(), length);
    assert!(different > length * 9 / 10, "{different} of {length} bytes differ");
}

#[test]
fn whoever_proves_decides_which_kind_it_is() {
    let host = member();
    let options = |zero_knowledge| Options { zero_knowledge, ..Options::default() };
    let clear = host.prove(stranger()).zero_knowledge(false).options(options(true)).run().unwrap();
    assert!(!clear.is_zero_knowledge() && !is_member(&host, &clear));
    assert_eq!(host.prove(stranger()).zero_knowledge(false).run().unwrap(), clear);
    let proof = host.prove(stranger()).options(options(false)).run().unwrap();
    assert!(proof.is_zero_knowledge(), "options say nothing against it by not saying so");
    assert!(proof.to_bytes().len() > clear.to_bytes().len());
}

#[test]
fn a_run_without_private_input_is_proven_alike_each_time_unless_zero_knowledge_is_asked_for() {
    let guest = Guest::build(format!("{EXAMPLES}/fibonacci/guest")).unwrap();
    let host = Host::new(Program::<(u32,), u64>::typed(guest));
    let [first, second] = [(); 2].map(|()| host.prove((90,)).run().unwrap());
    assert!(!first.is_zero_knowledge());
    assert_eq!(first, second);

    let hidden = host.prove((90,)).zero_knowledge(true).run().unwrap();
    let options = Options { zero_knowledge: true, ..Options::default() };
    let by_options = host.prove((90,)).options(options).run().unwrap();
    assert!(hidden.is_zero_knowledge() && by_options.is_zero_knowledge());
    for proof in [first, hidden, by_options] {
        assert_eq!(host.verifier().verify((90,), &proof).unwrap(), 2_880_067_194_370_816_120);
        assert_eq!(host.verifier().portable().verify((90,), &proof).unwrap(), 2_880_067_194_370_816_120);
        assert!(host.verifier().verify((91,), &proof).is_err());
    }
}
