#!/usr/bin/env bash
# The six requests of the README, with curl: examples/six_requests.sh [URL]
set -euo pipefail
url=${1:-${FANIN_URL:-http://localhost:8000}}
export LC_ALL=C

# 1. Weights for a ReLU layer, as a NumPy file.
file=$(mktemp)
trap 'rm -f "$file"' EXIT
curl -fsS "$url/weights/he_normal?shape=256,784&seed=42&format=npy" -o "$file"
echo "1. $(wc -c <"$file" | tr -d ' ') bytes, SHA-256 $(sha256sum <"$file" | cut -d ' ' -f 1)"

# 2. The same names as in your framework; the numbers as JSON.
reply=$(curl -fsS "$url/weights/xavier_uniform_?shape=2,3&seed=42")
echo "2. $(grep -o '"data":\[\[.*\]\]' <<<"$reply" | cut -d : -f 2)"

# 3. A bias, with a stream of its own within the seed; raw bytes are float32, little endian.
numbers=$(curl -fsS "$url/weights/uniform?shape=4&fan_in=784&seed=42&name=fc1.bias&format=raw" | od -A n -t f4)
# shellcheck disable=SC2086
echo "3. $(printf '%.6f ' $numbers | sed 's/ $//')"

# 4. A HEAD: all about the recurrent kernel of an LSTM, without making it.
head=$(curl -fsSI "$url/weights/orthogonal?shape=1024,256&gates=4&seed=7&format=safetensors" | tr -d '\r')
echo "4. $(sed -n 's/^content-length: //p' <<<"$head") bytes, standard deviation $(sed -n 's/^fanin-std: //p' <<<"$head")"

# 5. Which scheme for this layer? The answer has the request for its weights.
answer=$(curl -fsS "$url/advise?layer=Linear&activation=relu&shape=256,784&depth=50&framework=pytorch")
echo "5. $(grep -o '"href":"[^"]*"' <<<"$answer" | cut -d '"' -f 4 | sed -n 1p)"

# 6. A POST with a misspelt parameter is refused, and the problem says where.
problem=$(curl -sS --json '{"initializer": "he_normal", "shape": [256, 784], "sede": 42}' "$url/weights" -w '%{http_code}')
echo "6. ${problem: -3} at $(grep -o '"pointer":"[^"]*"' <<<"$problem" | cut -d '"' -f 4)"
