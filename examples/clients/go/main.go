// A client that openapi-generator generates in Go. Prints what it got as JSON.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"

	"example.com/weights/fanin"
)

// client returns a client of the server that the environment names.
func client() *fanin.APIClient {
	url := os.Getenv("FANIN_URL")
	if url == "" {
		url = "http://localhost:8000"
	}
	settings := fanin.NewConfiguration()
	settings.Servers = fanin.ServerConfigurations{{URL: url}}
	return fanin.NewAPIClient(settings)
}

// got returns the value, and ends the program where there is an error.
func got[T any](value T, _ *http.Response, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// hash returns the SHA-256 of a file, and closes it.
func hash(file *os.File) string {
	defer os.Remove(file.Name())
	defer file.Close()
	bytes, err := io.ReadAll(file)
	got(bytes, nil, err)
	return fmt.Sprintf("%x", sha256.Sum256(bytes))
}

func main() {
	ctx, weights, advise := context.Background(), client().WeightsAPI, client().AdviceAPI

	tensor := got(weights.GetWeightsJson(ctx, "he_normal").Shape("2,3").Seed("42").Execute())

	largest := "18446744073709551615"
	files := map[string]string{
		"npy":         hash(got(weights.GetWeightsNpy(ctx, "normal").Shape("16,8").Seed(largest).Execute())),
		"safetensors": hash(got(weights.GetWeightsSafetensors(ctx, "normal").Shape("16,8").Seed(largest).Execute())),
		"raw":         hash(got(weights.GetWeightsRaw(ctx, "normal").Shape("16,8").Seed(largest).Execute())),
	}

	request := fanin.NewTensorRequest("kaiming_normal_", []int64{2, 3})
	request.SetSeed(fanin.Seed{Int64: fanin.PtrInt64(42)})
	alias := got(weights.PostWeights(ctx).TensorRequest(*request).Execute())

	request = fanin.NewTensorRequest("normal", []int64{2})
	request.SetSeed(fanin.Seed{String: &largest})
	request.SetName("a.b")
	request.SetDtype(fanin.DTYPENAME_FLOAT64)
	seeded := got(weights.PostWeights(ctx).TensorRequest(*request).Execute())

	var problem fanin.Problem
	var refusal *fanin.GenericOpenAPIError
	if _, _, err := weights.GetWeightsJson(ctx, "zeros").Shape("34359738368").Execute(); errors.As(err, &refusal) {
		problem = refusal.Model().(fanin.Problem)
	}

	layer := fanin.NewAdviceRequest("Linear")
	layer.SetShape([]int64{256, 784})
	layer.SetActivation("relu")
	layer.SetFramework(fanin.FRAMEWORKNAME_PYTORCH)
	layer.SetCurrent(fanin.AdviceRequestCurrent{String: fanin.PtrString("normal?std=1")})
	advice := got(advise.PostAdvice(ctx).AdviceRequest(*layer).Execute())
	recommended := advice.Recommendation.Weights.Get()

	convolution, linear := fanin.NewNetworkLayer("Conv2d"), fanin.NewNetworkLayer("Linear")
	convolution.SetShape([]int64{32, 3, 3, 3})
	linear.SetShape([]int64{10, 32})
	layers := fanin.NewNetworkAdviceRequest([]fanin.NetworkLayer{*convolution, *linear})
	layers.SetSeed(fanin.Seed{Int64: fanin.PtrInt64(42)})
	network := got(advise.PostNetworkAdvice(ctx).NetworkAdviceRequest(*layers).Execute())
	made := got(weights.PostWeights(ctx).TensorRequest(network.Manifest.Tensors["layers.0.weight"]).Execute())

	names := []string{}
	for name := range network.Manifest.Tensors {
		names = append(names, name)
	}
	sort.Strings(names)
	verdict := advice.Verdict.Get()
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"data":    tensor.Data,
		"files":   files,
		"alias":   alias.Parameters.Initializer,
		"seed":    seeded.Parameters.GetSeed(),
		"problem": []any{problem.Status, problem.Type, problem.GetLimit(), problem.GetRequested()},
		"advice":  []any{recommended.Initializer, advice.Layer.FanIn, verdict.Judgement},
		"tensors": names,
		"made":    made.Shape,
	})
}
