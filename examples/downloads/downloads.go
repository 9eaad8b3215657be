// Files from the service, in Go without modules (1.18 or newer):
//
//	go run examples/downloads/downloads.go [URL]
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

const tensor = "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight"

var url = "http://localhost:8000"

type entry struct {
	DType       string `json:"dtype"`
	Shape       []int  `json:"shape"`
	DataOffsets [2]int `json:"data_offsets"`
}

func main() {
	log.SetFlags(0)
	if value, ok := os.LookupEnv("FANIN_URL"); ok {
		url = value
	}
	if len(os.Args) > 1 {
		url = os.Args[1]
	}

	// 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
	npy := get(tensor + "&format=npy")
	begin := 10 + int(binary.LittleEndian.Uint16(npy[8:]))
	header, numbers := npy[10:begin], npy[begin:]
	shape := regexp.MustCompile(`\((\d+), (\d+)\)`).FindSubmatch(header)
	columns, _ := strconv.Atoi(string(shape[2]))
	order := regexp.MustCompile(`<f4`).Find(header)
	fmt.Printf("1. %s x %d %s, first %.6f\n", shape[1], columns, order, number(numbers))

	// 2. The same as safetensors, under its name.
	safetensors := get(tensor + "&format=safetensors")
	tensors, data := open(safetensors)
	own, same := tensors["fc1.weight"], "other"
	if bytes.Equal(data[own.DataOffsets[0]:own.DataOffsets[1]], numbers) {
		same = "the same"
	}
	fmt.Printf("2. fc1.weight %s, %s numbers\n", own.DType, same)

	// 3. A shard: rows 64 to 127, as they stand in the whole.
	shard, those := get(tensor+"&slice=64:128&format=raw"), "not those"
	if bytes.Equal(shard, numbers[64*columns*4:128*columns*4]) {
		those = "those"
	}
	fmt.Printf("3. %d bytes, %s of the whole\n", len(shard), those)

	// 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
	begun := ask(tensor+"&format=npy", "Range", "bytes=0-499999")
	part := read(begun)
	from := fmt.Sprintf("bytes=%d-", len(part))
	rest := ask(tensor+"&format=npy", "Range", from, "If-Range", begun.Header.Get("ETag"))
	whole := "something else"
	if bytes.Equal(append(part[:len(part):len(part)], read(rest)...), npy) {
		whole = "the whole"
	}
	fmt.Printf("4. %d from byte %d: %s\n", rest.StatusCode, len(part), whole)

	// 5. Advice: what is wrong with N(0, 1), and what to take.
	var advice struct {
		Verdict        struct{ Judgement string }
		Recommendation struct{ Weights struct{ Href string } }
	}
	question := "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1"
	check(json.Unmarshal(get(question), &advice))
	fmt.Printf("5. %s; take %s\n", advice.Verdict.Judgement, advice.Recommendation.Weights.Href)

	// 6. A checkpoint: all tensors of a model in one file, streamed to disk.
	folder, err := os.MkdirTemp("", "fanin-")
	check(err)
	defer os.RemoveAll(folder)
	file, err := os.Create(filepath.Join(folder, "model.safetensors"))
	check(err)
	response := ask("/checkpoints/gpt2-tiny/model.safetensors?seed=42")
	_, err = io.Copy(file, response.Body)
	check(err)
	check(file.Close())
	model, err := os.ReadFile(file.Name())
	check(err)
	tensors, data = open(model)
	first := tensors["transformer.wte.weight"].DataOffsets[0]
	format := "6. %d tensors in %d bytes; transformer.wte.weight begins %.6f\n"
	fmt.Printf(format, len(tensors), len(model), number(data[first:]))
}

// open returns what the header of a safetensors file says of each tensor, and the data behind it.
func open(file []byte) (map[string]entry, []byte) {
	start := 8 + binary.LittleEndian.Uint64(file)
	var members map[string]json.RawMessage
	check(json.Unmarshal(file[8:start], &members))
	tensors := map[string]entry{}
	for name, text := range members {
		if name != "__metadata__" {
			var found entry
			check(json.Unmarshal(text, &found))
			tensors[name] = found
		}
	}
	return tensors, file[start:]
}

func number(data []byte) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(data))
}

func get(path string) []byte {
	return read(ask(path))
}

func ask(path string, fields ...string) *http.Response {
	request, err := http.NewRequest("GET", url+path, nil)
	check(err)
	for i := 0; i < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	check(err)
	if response.StatusCode >= 300 {
		log.Fatalf("%s for %s: %s", response.Status, path, read(response))
	}
	return response
}

func read(response *http.Response) []byte {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err)
	return body
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
