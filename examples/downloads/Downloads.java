// Files from the service, in Java without libraries (JDK 17 or newer):
//     java examples/downloads/Downloads.java [URL]

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public final class Downloads {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String TENSOR = "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight";
    private static String url;

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        url = arguments.length > 0
                ? arguments[0]
                : Optional.ofNullable(System.getenv("FANIN_URL")).orElse("http://localhost:8000");

        // 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers.
        byte[] npy = get(TENSOR + "&format=npy");
        int begin = 10 + Short.toUnsignedInt(little(npy).getShort(8));
        String header = new String(npy, 10, begin - 10, StandardCharsets.US_ASCII);
        MatchResult shape = find("\\((\\d+), (\\d+)\\)", header);
        int columns = Integer.parseInt(shape.group(2));
        byte[] numbers = Arrays.copyOfRange(npy, begin, npy.length);
        System.out.printf("1. %s x %d %s, first %.6f%n", shape.group(1), columns, find("<f4", header).group(),
                little(numbers).getFloat(0));

        // 2. The same as safetensors, under its name.
        byte[] safetensors = get(TENSOR + "&format=safetensors");
        String tensors = header(safetensors);
        MatchResult own = entry("fc1.weight", tensors);
        int start = 8 + tensors.length();
        byte[] found = Arrays.copyOfRange(safetensors, start + Integer.parseInt(own.group(2)),
                start + Integer.parseInt(own.group(3)));
        System.out.printf("2. fc1.weight %s, %s numbers%n", own.group(1),
                Arrays.equals(found, numbers) ? "the same" : "other");

        // 3. A shard: rows 64 to 127, as they stand in the whole.
        byte[] shard = get(TENSOR + "&slice=64:128&format=raw");
        byte[] rows = Arrays.copyOfRange(numbers, 64 * columns * 4, 128 * columns * 4);
        System.out.printf("3. %d bytes, %s of the whole%n", shard.length,
                Arrays.equals(shard, rows) ? "those" : "not those");

        // 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file.
        HttpResponse<byte[]> begun = ask(TENSOR + "&format=npy", BodyHandlers.ofByteArray(), "Range", "bytes=0-499999");
        byte[] part = begun.body();
        String tag = begun.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> rest = ask(TENSOR + "&format=npy", BodyHandlers.ofByteArray(),
                "Range", "bytes=" + part.length + "-", "If-Range", tag);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(part);
        whole.write(rest.body());
        System.out.printf("4. %d from byte %d: %s%n", rest.statusCode(), part.length,
                Arrays.equals(whole.toByteArray(), npy) ? "the whole" : "something else");

        // 5. Advice: what is wrong with N(0, 1), and what to take.
        String question = "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1";
        String advice = new String(get(question), StandardCharsets.UTF_8);
        System.out.printf("5. %s; take %s%n", find("\"judgement\":\"(.*?)\"", advice).group(1),
                find("\"href\":\"(.*?)\"", advice).group(1));

        // 6. A checkpoint: all tensors of a model in one file, streamed to disk.
        Path file = Files.createTempFile("fanin-", ".safetensors");
        try {
            ask("/checkpoints/gpt2-tiny/model.safetensors?seed=42", BodyHandlers.ofFile(file));
            byte[] model = Files.readAllBytes(file);
            String all = header(model);
            long count = Pattern.compile("\"data_offsets\"").matcher(all).results().count();
            int first = 8 + all.length() + Integer.parseInt(entry("transformer.wte.weight", all).group(2));
            System.out.printf("6. %d tensors in %d bytes; transformer.wte.weight begins %.6f%n", count, model.length,
                    little(model).getFloat(first));
        } finally {
            Files.delete(file);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the header of a safetensors file, which is JSON of ASCII letters. */
    private static String header(byte[] file) {
        return new String(file, 8, (int) little(file).getLong(0), StandardCharsets.US_ASCII);
    }

    /** Returns the dtype, the first byte and the end of a tensor, as a header has them. */
    private static MatchResult entry(String name, String header) {
        String offsets = "[^}]*\"data_offsets\":\\[(\\d+),(\\d+)\\]";
        return find(Pattern.quote("\"" + name + "\"") + ":\\{\"dtype\":\"(\\w+)\"" + offsets, header);
    }

    private static MatchResult find(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) throw new IllegalStateException("no " + pattern + " in " + text);
        return matcher.toMatchResult();
    }

    private static byte[] get(String path) throws IOException, InterruptedException {
        return ask(path, BodyHandlers.ofByteArray()).body();
    }

    private static <T> HttpResponse<T> ask(String path, HttpResponse.BodyHandler<T> handler, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (headers.length > 0) request.headers(headers);
        HttpResponse<T> response = CLIENT.send(request.build(), handler);
        if (response.statusCode() >= 300) throw new IOException(response.statusCode() + " for " + path);
        return response;
    }
}
