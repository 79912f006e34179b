//! Measures one workload at one size, in a process of its own so that peak memory is that of one
//! proof: `zkvm-bench ELF ARGUMENTS SCALE LOG2 PATH [zk]`, with the kernels of a path, `scalar`, `ifma` or
//! `best`, and with `zk` in zero knowledge.
//!
//! `ARGUMENTS` is a JSON object of the guest's arguments, and `SCALE` names the one that the run's
//! length depends on. It is chosen for just under 2^`LOG2` cycles. One JSON object goes
//! to the standard output.

mod machine;

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use zkvm_host::{Guest, Input, Limits, Options, Proof, Setup, Step, Verifier, prove_trace};
use zkvm_prover::kernels;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Serialize)]
struct Measurement {
    program: String,
    arguments: Value,
    /// User cycles.
    instructions: u64,
    /// Rows: what is proven.
    cycles: u64,
    padded: u64,
    execute_seconds: f64,
    trace_seconds: f64,
    /// The first proof, without making or loading the bases.
    cold: Timing,
    /// A second proof in the same process.
    warm: Timing,
    peak_memory_bytes: Option<u64>,
    proof_bytes: usize,
    zero_knowledge: bool,
    verify_seconds: f64,
    threads: usize,
    vector: String,
    multiplication_ns: f64,
    /// CPU time of the warm proof per row, in field multiplications.
    multiplications_per_cycle: Option<f64>,
}

#[derive(Serialize)]
struct Timing {
    seconds: f64,
    setup_seconds: f64,
    /// User cycles per millisecond.
    khz: f64,
    rows_khz: f64,
    cpu_seconds: Option<f64>,
    steps: Vec<StepTiming>,
}

#[derive(Serialize)]
struct StepTiming {
    name: &'static str,
    seconds: f64,
    cpu_seconds: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [elf, values, scale, log_size, path, kind @ ..] = &arguments[..] else {
        return Err("usage: zkvm-bench ELF ARGUMENTS SCALE LOG2 PATH [zk]".into());
    };
    let zero_knowledge = match kind {
        [] => false,
        [kind] if kind == "zk" => true,
        _ => return Err("after the path, only zk can follow".into()),
    };
    let path = match &**path {
        "scalar" => kernels::Path::Scalar,
        "ifma" => kernels::Path::Ifma,
        "best" => kernels::path(),
        _ => return Err(format!("{path} is no path: scalar, ifma or best").into()),
    };
    if kernels::set_path(path) != path {
        return Err("this processor has no AVX-512 IFMA: the path can only be scalar".into());
    }
    let options = Options { zero_knowledge, ..Options::default() };
    let workload = Workload { guest: Guest::load(elf)?, values: serde_json::from_str(values)?, scale, options };
    println!("{}", serde_json::to_string(&workload.measure(log_size.parse()?)?)?);
    Ok(())
}

/// A guest with the arguments that it is run on.
struct Workload<'a> {
    guest: Guest,
    values: Value,
    scale: &'a str,
    options: Options,
}

impl Workload<'_> {
    fn arguments(&self, scale: u64) -> Value {
        let mut values = self.values.clone();
        values[self.scale] = scale.into();
        values
    }

    fn input(&self, scale: u64) -> Result<Input> {
        let signature = self.guest.signature().ok_or("the guest has no signature")?;
        let inputs = signature.encode(&self.arguments(scale))?;
        Ok(Input::new(inputs.public, inputs.private)?)
    }

    fn cycles(&self, scale: u64) -> Result<u64> {
        let execution = self.guest.execute(&self.input(scale)?, &Limits::default(), &mut ())?;
        Ok(execution.statistics.cycles)
    }

    /// A scale with at most `limit` cycles, close to the largest.
    fn scale_for(&self, limit: u64) -> Result<u64> {
        let mut scale = 1000;
        // The length is nearly proportional to the scale, so this converges at once.
        for _ in 0..4 {
            scale = (scale * limit / self.cycles(scale)?).max(1);
        }
        while scale > 1 && self.cycles(scale)? > limit {
            scale -= 1;
        }
        Ok(scale)
    }

    fn measure(&self, log_size: u32) -> Result<Measurement> {
        let scale = self.scale_for(1 << log_size)?;
        let input = self.input(scale)?;
        let start = Instant::now();
        let execution = self.guest.execute(&input, &Limits::default(), &mut ())?;
        let execute = start.elapsed();
        let (trace, cold, proof) = self.prove(&input)?;
        let peak_memory_bytes = machine::peak_memory();
        let (_, warm, _) = self.prove(&input)?;

        let verify = self.verify(&input, &proof)?;
        let statistics = execution.statistics;
        let multiplication_ns = machine::multiplication_ns();
        let per_cycle = |cpu: f64| cpu * 1e9 / statistics.cycles as f64 / multiplication_ns;
        Ok(Measurement {
            program: self.guest.id().to_string(),
            arguments: self.arguments(scale),
            instructions: statistics.instructions,
            cycles: statistics.cycles,
            padded: 1 << proof.inner().sizes.log_t,
            execute_seconds: execute.as_secs_f64(),
            trace_seconds: trace.as_secs_f64(),
            multiplications_per_cycle: warm.cpu_seconds.map(per_cycle),
            cold,
            warm,
            peak_memory_bytes,
            proof_bytes: proof.to_bytes().len(),
            zero_knowledge: proof.is_zero_knowledge(),
            verify_seconds: verify.as_secs_f64(),
            threads: rayon::current_num_threads(),
            vector: format!("{:?}", kernels::path()).to_lowercase(),
            multiplication_ns,
        })
    }

    /// Time of a verification, the best of three.
    fn verify(&self, input: &Input, proof: &Proof) -> Result<Duration> {
        let verifier = Verifier::<(), ()>::new(self.guest.key().clone());
        let mut best = Duration::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            verifier.verify_bytes(input.public(), proof)?;
            best = best.min(start.elapsed());
        }
        Ok(best)
    }

    /// Time of the trace, and of the proof from the finished trace to its bytes.
    fn prove(&self, input: &Input) -> Result<(Duration, Timing, Proof)> {
        let start = Instant::now();
        let (execution, trace) = self.guest.trace(input, &Limits::default(), &mut ())?;
        let trace_time = start.elapsed();
        let (instructions, cycles) = (execution.statistics.instructions, execution.statistics.cycles);

        let mut steps: Vec<Step> = Vec::new();
        let setup = Setup::shared();
        let (start, cpu) = (Instant::now(), machine::cpu_seconds());
        let proof = prove_trace(&setup, self.guest.key(), input.public(), execution, trace, &self.options, &mut steps)?;
        let total = start.elapsed().as_secs_f64();
        let cpu = machine::cpu_seconds().zip(cpu).map(|(after, before)| after - before);
        let timing = |step: &Step| StepTiming {
            name: step.name,
            seconds: step.time.wall.as_secs_f64(),
            cpu_seconds: step.time.cpu.as_secs_f64(),
        };
        let steps: Vec<_> = steps.iter().map(timing).collect();
        let setup_seconds = steps.iter().filter(|step| step.name == "setup").map(|step| step.seconds).sum();
        let seconds = total - setup_seconds;
        let khz = |count: u64| count as f64 / seconds / 1e3;
        let (khz, rows_khz) = (khz(instructions), khz(cycles));
        Ok((trace_time, Timing { seconds, setup_seconds, khz, rows_khz, cpu_seconds: cpu, steps }, proof))
    }
}
