//! Files from the service, in Rust's standard library, which has no HTTP: what there is of it here is enough for one
//! server, without TLS.
//!
//!     rustc --edition 2021 -o downloads examples/downloads/downloads.rs && ./downloads [URL]

use std::error::Error;
use std::fs::File;
use std::io::{copy, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::{env, fs, process};

const TENSOR: &str = "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Response {
    status: u16,
    etag: String,
    body: BufReader<TcpStream>,
}

impl Response {
    fn bytes(mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.body.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

struct Server {
    host: String,
}

impl Server {
    /// Asks for a path. A server closes the connection after a reply of HTTP/1.0, so that its body ends where it does.
    fn ask(&self, path: &str, fields: &[String]) -> Result<Response> {
        let mut stream = TcpStream::connect(&self.host)?;
        let lines: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n{lines}\r\n", self.host)?;
        let mut body = BufReader::new(stream);
        let (mut line, mut etag) = (String::new(), String::new());
        body.read_line(&mut line)?;
        let status: u16 = line.split(' ').nth(1).ok_or("no status")?.parse()?;
        loop {
            line.clear();
            body.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("etag") => etag = value.to_string(),
                Some(_) => {}
                None => break,
            }
        }
        if status >= 300 {
            return Err(format!("{status} for {path}").into());
        }
        Ok(Response { status, etag, body })
    }

    fn get(&self, path: &str) -> Result<Vec<u8>> {
        self.ask(path, &[])?.bytes()
    }
}

fn number(bytes: &[u8]) -> Result<f32> {
    Ok(f32::from_le_bytes(bytes[..4].try_into()?))
}

/// Returns what stands in a text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Result<&'a str> {
    let (_, rest) = text.split_once(before).ok_or_else(|| format!("no {before}"))?;
    Ok(rest.split_once(after).ok_or_else(|| format!("no {after}"))?.0)
}

/// Returns the header of a safetensors file, which is JSON, and the data behind it.
fn open(file: &[u8]) -> Result<(&str, &[u8])> {
    let start = 8 + u64::from_le_bytes(file[..8].try_into()?) as usize;
    Ok((std::str::from_utf8(&file[8..start])?, &file[start..]))
}

/// Returns the dtype of a tensor, and where it begins and ends.
fn entry<'a>(header: &'a str, name: &str) -> Result<(&'a str, usize, usize)> {
    let own = between(header, &format!("\"{name}\":{{"), "}")?;
    let (first, end) = between(own, "\"data_offsets\":[", "]")?.split_once(',').ok_or("no offsets")?;
    Ok((between(own, "\"dtype\":\"", "\"")?, first.parse()?, end.parse()?))
}

fn run() -> Result<()> {
    let url = env::args().nth(1).or_else(|| env::var("FANIN_URL").ok());
    let url = url.unwrap_or_else(|| "http://localhost:8000".to_string());
    let server = Server { host: url.strip_prefix("http://").ok_or("no http:// URL")?.to_string() };

    // 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
    let npy = server.get(&format!("{TENSOR}&format=npy"))?;
    let begin = 10 + usize::from(u16::from_le_bytes(npy[8..10].try_into()?));
    let (header, numbers) = (std::str::from_utf8(&npy[10..begin])?, &npy[begin..]);
    let (rows, columns) = between(header, "(", ")")?.split_once(", ").ok_or("no shape")?;
    let columns: usize = columns.parse()?;
    let order = between(header, "'descr': '", "'")?;
    println!("1. {rows} x {columns} {order}, first {:.6}", number(numbers)?);

    // 2. The same as safetensors, under its name.
    let safetensors = server.get(&format!("{TENSOR}&format=safetensors"))?;
    let (header, data) = open(&safetensors)?;
    let (dtype, first, end) = entry(header, "fc1.weight")?;
    let same = if &data[first..end] == numbers { "the same" } else { "other" };
    println!("2. fc1.weight {dtype}, {same} numbers");

    // 3. A shard: rows 64 to 127, as they stand in the whole.
    let shard = server.get(&format!("{TENSOR}&slice=64:128&format=raw"))?;
    let is_part = shard == numbers[64 * columns * 4..128 * columns * 4];
    println!("3. {} bytes, {} of the whole", shard.len(), if is_part { "those" } else { "not those" });

    // 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
    let path = format!("{TENSOR}&format=npy");
    let begun = server.ask(&path, &["Range: bytes=0-499999".to_string()])?;
    let tag = begun.etag.clone();
    let mut whole = begun.bytes()?;
    let from = whole.len();
    let rest = server.ask(&path, &[format!("Range: bytes={from}-"), format!("If-Range: {tag}")])?;
    let status = rest.status;
    whole.extend(rest.bytes()?);
    println!("4. {status} from byte {from}: {}", if whole == npy { "the whole" } else { "something else" });

    // 5. Advice: what is wrong with N(0, 1), and what to take.
    let question = "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1";
    let advice = String::from_utf8(server.get(question)?)?;
    let judgement = between(&advice, "\"judgement\":\"", "\"")?;
    println!("5. {judgement}; take {}", between(&advice, "\"href\":\"", "\"")?);

    // 6. A checkpoint: all tensors of a model in one file, streamed to disk.
    let file = env::temp_dir().join(format!("fanin-{}.safetensors", process::id()));
    let mut response = server.ask("/checkpoints/gpt2-tiny/model.safetensors?seed=42", &[])?;
    copy(&mut response.body, &mut File::create(&file)?)?;
    let model = fs::read(&file)?;
    fs::remove_file(&file)?;
    let (header, data) = open(&model)?;
    let count = header.matches("\"data_offsets\"").count();
    let begins = number(&data[entry(header, "transformer.wte.weight")?.1..])?;
    println!("6. {count} tensors in {} bytes; transformer.wte.weight begins {begins:.6}", model.len());
    Ok(())
}

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        process::exit(1);
    }
}
