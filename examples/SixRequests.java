// The six requests of the README, in Java without libraries (JDK 17 or newer):
//     java examples/SixRequests.java [URL]

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class SixRequests {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : Optional.ofNullable(System.getenv("FANIN_URL")).orElse("http://localhost:8000");

        // 1. Weights for a ReLU layer, as a NumPy file.
        byte[] npy = get(url + "/weights/he_normal?shape=256,784&seed=42&format=npy", BodyHandlers.ofByteArray());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(npy);
        System.out.printf("1. %d bytes, SHA-256 %s%n", npy.length, HexFormat.of().formatHex(digest));

        // 2. The same names as in your framework; the numbers as JSON.
        String tensor = get(url + "/weights/xavier_uniform_?shape=2,3&seed=42", BodyHandlers.ofString());
        System.out.printf("2. %s%n", find("\"data\":(\\[\\[.*?\\]\\])", tensor));

        // 3. A bias, with a stream of its own within the seed; raw bytes are float32, little endian.
        String path = "/weights/uniform?shape=4&fan_in=784&seed=42&name=fc1.bias&format=raw";
        ByteBuffer raw = ByteBuffer.wrap(get(url + path, BodyHandlers.ofByteArray()));
        FloatBuffer bias = raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        StringJoiner numbers = new StringJoiner(" ");
        while (bias.hasRemaining()) {
            numbers.add(String.format(Locale.ROOT, "%.6f", bias.get()));
        }
        System.out.printf("3. %s%n", numbers);

        // 4. A HEAD: all about the recurrent kernel of an LSTM, without making it.
        HttpRequest head = request(url + "/weights/orthogonal?shape=1024,256&gates=4&seed=7&format=safetensors")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<Void> reply = CLIENT.send(head, BodyHandlers.discarding());
        System.out.printf(
                "4. %s bytes, standard deviation %s%n",
                reply.headers().firstValue("Content-Length").orElseThrow(),
                reply.headers().firstValue("Fanin-Std").orElseThrow());

        // 5. Which scheme for this layer? The answer has the request for its weights.
        String question = "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&framework=pytorch";
        String answer = get(url + question, BodyHandlers.ofString());
        System.out.printf("5. %s%n", find("\"href\":\"(.*?)\"", answer));

        // 6. A POST with a misspelt parameter is refused, and the problem says where.
        String body = "{\"initializer\": \"he_normal\", \"shape\": [256, 784], \"sede\": 42}";
        HttpRequest post = request(url + "/weights")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> refusal = CLIENT.send(post, BodyHandlers.ofString());
        System.out.printf("6. %d at %s%n", refusal.statusCode(), find("\"pointer\":\"(.*?)\"", refusal.body()));
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static <T> T get(String url, HttpResponse.BodyHandler<T> handler) throws IOException, InterruptedException {
        HttpResponse<T> response = CLIENT.send(request(url).build(), handler);
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " for " + url);
        }
        return response.body();
    }

    /** Returns the first group of a pattern in a text. The JDK reads no JSON; a program would use a library. */
    private static String find(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException(pattern + " is not in " + text);
        }
        return matcher.group(1);
    }
}
