// PyTorch's own weights without Python: go run examples/framework_weights/pytorch_weights.go [URL]
// They are those of
//
//	torch.manual_seed(42)
//	torch.nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)).state_dict()
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"os"
)

// network has modules in the order of their construction, after one seed; its file is torch's state_dict.
const network = `{"seed": 42, "modules": ["nn.Linear(784, 256)", "nn.ReLU()", "nn.Linear(256, 10)"]}`

func main() {
	url := "http://localhost:8000"
	if told := os.Getenv("FANIN_URL"); told != "" {
		url = told
	}
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	response, err := http.Post(url+"/checkpoints", "application/json", bytes.NewBufferString(network))
	file := body(response, err)

	// The first 8 bytes of a safetensors file are the length of its header, which says where each tensor begins and ends.
	start := 8 + int(binary.LittleEndian.Uint64(file))
	var header map[string]struct {
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	check(json.Unmarshal(file[8:start], &header))
	words := 0
	for _, name := range []string{"0.weight", "0.bias", "2.weight", "2.bias"} {
		tensor := header[name]
		elements := file[start+tensor.Offsets[0] : start+tensor.Offsets[1]]
		shape, err := json.Marshal(tensor.Shape)
		check(err)
		sum := sha256.Sum256(elements)
		fmt.Printf("%s %s %.8f %.8f ... SHA-256 %x\n", name, shape, number(elements), number(elements[4:]), sum[:8])
		words += len(elements) / 4
	}

	// One tensor by itself: what torch.rand(1) draws next, after the words that the network took.
	response, err = http.Get(fmt.Sprintf("%s/weights/uniform?shape=1&seed=42&stream=torch&skip=%d&format=raw", url, words))
	fmt.Printf("torch.rand(1) %.4f\n", number(body(response, err)))
}

func number(bytes []byte) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(bytes))
}

func body(response *http.Response, err error) []byte {
	check(err)
	defer response.Body.Close()
	bytes, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != http.StatusOK {
		log.Fatal(string(bytes))
	}
	return bytes
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
