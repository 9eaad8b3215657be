#!/usr/bin/env bash
# Files from the service, with curl: examples/downloads/downloads.sh [URL]
set -euo pipefail
url=${1:-${FANIN_URL:-http://localhost:8000}}
export LC_ALL=C
tensor="$url/weights/he_normal?shape=256,784&seed=42&name=fc1.weight"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT

number() { printf '%.6f' "$(od -A n -t f4 -j "$2" -N 4 "$1" | tr -d ' ')"; }
integer() { od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }
size() { wc -c <"$1" | tr -d ' '; }

# 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
curl -fsS "$tensor&format=npy" -o w.npy
begin=$((10 + $(integer w.npy 8 2)))
head -c "$begin" w.npy | tail -c +11 >header
shape=$(grep -o '([0-9]*, [0-9]*)' header | tr -d '()' | sed 's/, / x /')
echo "1. $shape $(grep -o '<f4' header), first $(number w.npy "$begin")"
tail -c "+$((begin + 1))" w.npy >numbers

# 2. The same as safetensors, under its name.
curl -fsS "$tensor&format=safetensors" -o w.safetensors
start=$((8 + $(integer w.safetensors 0 8)))
entry=$(head -c "$start" w.safetensors | grep -a -o '"fc1.weight":{[^}]*}')
offset=$(grep -o '"data_offsets":\[[0-9]*' <<<"$entry" | cut -d '[' -f 2)
same=other
tail -c "+$((start + offset + 1))" w.safetensors | cmp -s - numbers && same="the same"
echo "2. fc1.weight $(grep -o '"dtype":"[^"]*"' <<<"$entry" | cut -d '"' -f 4), $same numbers"

# 3. A shard: rows 64 to 127, as they stand in the whole.
curl -fsS "$tensor&slice=64:128&format=raw" -o shard
those="not those"
head -c $((128 * 784 * 4)) numbers | tail -c $((64 * 784 * 4)) | cmp -s - shard && those=those
echo "3. $(size shard) bytes, $those of the whole"

# 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
curl -fsS -r 0-499999 "$tensor&format=npy" -D head -o part.npy
tag=$(sed -n 's/^etag: //Ip' head | tr -d '\r')
from=$(size part.npy)
status=$(curl -fsS -r "$from-" -H "If-Range: $tag" "$tensor&format=npy" -o rest -w '%{http_code}')
whole="something else"
cat part.npy rest | cmp -s - w.npy && whole="the whole"
echo "4. $status from byte $from: $whole"

# 5. Advice: what is wrong with N(0, 1), and what to take.
answer=$(curl -fsS "$url/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1")
judgement=$(grep -o '"judgement":"[^"]*"' <<<"$answer" | cut -d '"' -f 4)
echo "5. $judgement; take $(grep -o '"href":"[^"]*"' <<<"$answer" | cut -d '"' -f 4 | sed -n 1p)"

# 6. A checkpoint: all tensors of a model in one file; -C - goes on with what is there of it.
curl -fsS -C - "$url/checkpoints/gpt2-tiny/model.safetensors?seed=42" -o model.safetensors
start=$((8 + $(integer model.safetensors 0 8)))
head -c "$start" model.safetensors | tail -c +9 >header
first=$(grep -o '"transformer.wte.weight":{[^}]*' header | grep -o '"data_offsets":\[[0-9]*' | cut -d '[' -f 2)
echo "6. $(grep -o '"data_offsets"' header | wc -l | tr -d ' ') tensors in $(size model.safetensors) bytes;" \
    "transformer.wte.weight begins $(number model.safetensors $((start + first)))"
