import com.fasterxml.jackson.databind.ObjectMapper;
import fanin.ApiClient;
import fanin.ApiException;
import fanin.api.AdviceApi;
import fanin.api.WeightsApi;
import fanin.model.AdviceRequest;
import fanin.model.AdviceRequestCurrent;
import fanin.model.DtypeName;
import fanin.model.FrameworkName;
import fanin.model.NetworkAdviceRequest;
import fanin.model.NetworkLayer;
import fanin.model.Problem;
import fanin.model.Seed;
import fanin.model.TensorRequest;
import java.io.File;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A client that openapi-generator generates in Java. Prints what it got as JSON. */
final class Main {
  private static final String LARGEST = "18446744073709551615";

  /** Returns the SHA-256 of a file, which it deletes. */
  private static String hash(File file) throws Exception {
    byte[] bytes = Files.readAllBytes(file.toPath());
    Files.delete(file.toPath());
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv().getOrDefault("FANIN_URL", "http://localhost:8000"));
    ObjectMapper mapper = client.getObjectMapper();
    WeightsApi weights = new WeightsApi(client);
    AdviceApi advise = new AdviceApi(client);
    Map<String, Object> got = new TreeMap<>();

    var small = WeightsApi.APIGetWeightsJsonRequest.newBuilder().initializer("he_normal").shape("2,3").seed("42");
    got.put("data", weights.getWeightsJson(small.build()).getData());

    var npy = WeightsApi.APIGetWeightsNpyRequest.newBuilder().initializer("normal").shape("16,8").seed(LARGEST);
    var safetensors =
        WeightsApi.APIGetWeightsSafetensorsRequest.newBuilder().initializer("normal").shape("16,8").seed(LARGEST);
    var raw = WeightsApi.APIGetWeightsRawRequest.newBuilder().initializer("normal").shape("16,8").seed(LARGEST);
    got.put(
        "files",
        Map.of(
            "npy", hash(weights.getWeightsNpy(npy.build())),
            "safetensors", hash(weights.getWeightsSafetensors(safetensors.build())),
            "raw", hash(weights.getWeightsRaw(raw.build()))));

    var alias = new TensorRequest().initializer("kaiming_normal_").shape(List.of(2L, 3L)).seed(new Seed(42L));
    got.put("alias", weights.postWeights(alias).getParameters().getInitializer());
    var seeded = new TensorRequest().initializer("normal").shape(List.of(2L)).seed(new Seed(LARGEST));
    seeded.name("a.b").dtype(DtypeName.FLOAT64);
    got.put("seed", weights.postWeights(seeded).getParameters().getSeed());

    var large = WeightsApi.APIGetWeightsJsonRequest.newBuilder().initializer("zeros").shape("34359738368");
    try {
      weights.getWeightsJson(large.build());
    } catch (ApiException refusal) {
      Problem problem = mapper.readValue(refusal.getResponseBody(), Problem.class);
      got.put(
          "problem",
          List.of(problem.getStatus(), problem.getType(), problem.getLimit(), problem.getRequested()));
    }

    var layer = new AdviceRequest().layer("Linear").shape(List.of(256L, 784L)).activation("relu");
    layer.framework(FrameworkName.PYTORCH).current(new AdviceRequestCurrent("normal?std=1"));
    var advice = advise.postAdvice(layer);
    got.put(
        "advice",
        List.of(
            advice.getRecommendation().getWeights().getInitializer(),
            advice.getLayer().getFanIn(),
            advice.getVerdict().getJudgement()));

    var convolution = new NetworkLayer().layer("Conv2d").shape(List.of(32L, 3L, 3L, 3L));
    var linear = new NetworkLayer().layer("Linear").shape(List.of(10L, 32L));
    var layers = new NetworkAdviceRequest().layers(List.of(convolution, linear)).seed(new Seed(42L));
    var network = advise.postNetworkAdvice(layers);
    got.put("tensors", new TreeSet<>(network.getManifest().getTensors().keySet()));
    got.put("made", weights.postWeights(network.getManifest().getTensors().get("layers.0.weight")).getShape());

    System.out.println(mapper.writeValueAsString(got));
  }
}
