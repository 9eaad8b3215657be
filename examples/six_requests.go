// The six requests of the README, in Go without modules:
//
//	go run examples/six_requests.go [URL]
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

// base returns the URL of the service.
func base() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	if url := os.Getenv("FANIN_URL"); url != "" {
		return url
	}
	return "http://localhost:8000"
}

// get returns the body of a reply, and ends the program when it is not a 200.
func get(url string) []byte {
	response, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	return body(response, http.StatusOK)
}

// body reads the body of a reply, and ends the program when its status is another.
func body(response *http.Response, status int) []byte {
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != status {
		log.Fatalf("%s for %s: %s", response.Status, response.Request.URL, content)
	}
	return content
}

// decode reads JSON into what value points to.
func decode(content []byte, value any) {
	if err := json.Unmarshal(content, value); err != nil {
		log.Fatal(err)
	}
}

func main() {
	url := base()

	// 1. Weights for a ReLU layer, as a NumPy file.
	npy := get(url + "/weights/he_normal?shape=256,784&seed=42&format=npy")
	fmt.Printf("1. %d bytes, SHA-256 %x\n", len(npy), sha256.Sum256(npy))

	// 2. The same names as in your framework; the numbers as JSON.
	var tensor struct{ Data json.RawMessage }
	decode(get(url+"/weights/xavier_uniform_?shape=2,3&seed=42"), &tensor)
	fmt.Printf("2. %s\n", tensor.Data)

	// 3. A bias, with a stream of its own within the seed; raw bytes are float32, little endian.
	bias := make([]float32, 4)
	raw := get(url + "/weights/uniform?shape=4&fan_in=784&seed=42&name=fc1.bias&format=raw")
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, bias); err != nil {
		log.Fatal(err)
	}
	numbers := make([]string, len(bias))
	for i, number := range bias {
		numbers[i] = fmt.Sprintf("%.6f", number)
	}
	fmt.Printf("3. %s\n", strings.Join(numbers, " "))

	// 4. A HEAD: all about the recurrent kernel of an LSTM, without making it.
	head, err := http.Head(url + "/weights/orthogonal?shape=1024,256&gates=4&seed=7&format=safetensors")
	if err != nil {
		log.Fatal(err)
	}
	body(head, http.StatusOK)
	fmt.Printf("4. %d bytes, standard deviation %s\n", head.ContentLength, head.Header.Get("Fanin-Std"))

	// 5. Which scheme for this layer? The answer has the request for its weights.
	var answer struct {
		Recommendation struct{ Weights struct{ Href string } }
	}
	decode(get(url+"/advise?layer=Linear&activation=relu&shape=256,784&depth=50&framework=pytorch"), &answer)
	fmt.Printf("5. %s\n", answer.Recommendation.Weights.Href)

	// 6. A POST with a misspelt parameter is refused, and the problem says where.
	request := strings.NewReader(`{"initializer": "he_normal", "shape": [256, 784], "sede": 42}`)
	refusal, err := http.Post(url+"/weights", "application/json", request)
	if err != nil {
		log.Fatal(err)
	}
	var problem struct {
		Errors []struct{ Pointer string }
	}
	decode(body(refusal, http.StatusUnprocessableEntity), &problem)
	fmt.Printf("6. %d at %s\n", refusal.StatusCode, problem.Errors[0].Pointer)
}
