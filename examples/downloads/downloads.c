/* Files from the service, in C with libcurl, on a little-endian machine:
 *     cc -o downloads examples/downloads/downloads.c -lcurl && ./downloads [URL]
 */
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENSOR "/weights/he_normal?shape=256,784&seed=42&name=fc1.weight"
#define CHECKPOINT "/checkpoints/gpt2-tiny/model.safetensors?seed=42"
#define QUESTION "/advise?layer=Linear&activation=relu&shape=256,784&depth=50&current=normal%3Fstd%3D1"

typedef struct {
    char *bytes; /* with a zero behind them */
    size_t size;
} Buffer;

static const char *url = "http://localhost:8000";
static CURL *curl;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static size_t append(char *data, size_t size, size_t count, void *target) {
    Buffer *buffer = target;
    char *bytes = realloc(buffer->bytes, buffer->size + size * count + 1);
    if (bytes == NULL) return 0;
    buffer->bytes = bytes;
    memcpy(buffer->bytes + buffer->size, data, size * count);
    buffer->size += size * count;
    buffer->bytes[buffer->size] = 0;
    return size * count;
}

static size_t keep_tag(char *line, size_t size, size_t count, void *target) {
    if (size * count < 128) sscanf(line, "%*1[Ee]%*1[Tt]%*1[Aa]%*1[Gg]: %127[^\r\n]", (char *)target);
    return size * count;
}

/* Asks for a path, with a range and a condition where they are given; `tag` is 128 bytes, or NULL. Returns the status. */
static long ask(const char *path, curl_write_callback write, void *target, const char *range, const char *field, char *tag) {
    char address[1024];
    struct curl_slist *fields = field ? curl_slist_append(NULL, field) : NULL;
    long status;
    snprintf(address, sizeof address, "%s%s", url, path);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_RANGE, range);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, target);
    if (tag) {
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_tag);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, tag);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) fail(address, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(fields);
    return status;
}

static Buffer get(const char *path) {
    Buffer buffer = {NULL, 0};
    ask(path, append, &buffer, NULL, NULL, NULL);
    return buffer;
}

static float number(const char *bytes) {
    float value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static const char *find(const char *text, const char *what) {
    const char *place = strstr(text, what);
    if (place == NULL) fail(what, "is not there");
    return place + strlen(what);
}

/* Returns a copy of the header of a safetensors file, which is JSON. */
static char *header_of(const Buffer *file) {
    uint64_t length;
    memcpy(&length, file->bytes, sizeof length);
    char *header = calloc(1, length + 1);
    if (header == NULL) fail("a header", "is too long");
    memcpy(header, file->bytes + 8, length);
    return header;
}

int main(int count, char **arguments) {
    if (getenv("FANIN_URL")) url = getenv("FANIN_URL");
    if (count > 1) url = arguments[1];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();

    /* 1. A tensor as a NumPy file: a magic number, the length of a header, the header, then the numbers. */
    Buffer npy = get(TENSOR "&format=npy");
    uint16_t length;
    unsigned rows, columns;
    char order[8];
    memcpy(&length, npy.bytes + 8, sizeof length);
    sscanf(find(npy.bytes + 10, "'descr': '"), "%7[^']", order);
    sscanf(find(npy.bytes + 10, "'shape': ("), "%u, %u", &rows, &columns);
    const char *numbers = npy.bytes + 10 + length;
    size_t size = npy.size - 10 - length;
    printf("1. %u x %u %s, first %.6f\n", rows, columns, order, number(numbers));

    /* 2. The same as safetensors, under its name. */
    Buffer safetensors = get(TENSOR "&format=safetensors");
    char *header = header_of(&safetensors), dtype[8];
    size_t first, end, start = 8 + strlen(header);
    const char *own = find(header, "\"fc1.weight\":{");
    sscanf(find(own, "\"dtype\":\""), "%7[^\"]", dtype);
    sscanf(find(own, "\"data_offsets\":["), "%zu,%zu", &first, &end);
    int same = end - first == size && memcmp(safetensors.bytes + start + first, numbers, size) == 0;
    printf("2. fc1.weight %s, %s numbers\n", dtype, same ? "the same" : "other");
    free(header);

    /* 3. A shard: rows 64 to 127, as they stand in the whole. */
    Buffer shard = get(TENSOR "&slice=64:128&format=raw");
    int is_part = shard.size == 64 * columns * 4 && memcmp(shard.bytes, numbers + 64 * columns * 4, shard.size) == 0;
    printf("3. %zu bytes, %s of the whole\n", shard.size, is_part ? "those" : "not those");

    /* 4. A download that broke off goes on where it ended; If-Range makes sure that it is still the same file. */
    Buffer whole = {NULL, 0};
    char tag[128] = "", condition[160], range[32];
    ask(TENSOR "&format=npy", append, &whole, "0-499999", NULL, tag);
    size_t from = whole.size;
    snprintf(range, sizeof range, "%zu-", from);
    snprintf(condition, sizeof condition, "If-Range: %s", tag);
    long status = ask(TENSOR "&format=npy", append, &whole, range, condition, NULL);
    same = whole.size == npy.size && memcmp(whole.bytes, npy.bytes, npy.size) == 0;
    printf("4. %ld from byte %zu: %s\n", status, from, same ? "the whole" : "something else");

    /* 5. Advice: what is wrong with N(0, 1), and what to take. */
    Buffer advice = get(QUESTION);
    char judgement[16], href[256];
    sscanf(find(advice.bytes, "\"judgement\":\""), "%15[^\"]", judgement);
    sscanf(find(advice.bytes, "\"href\":\""), "%255[^\"]", href);
    printf("5. %s; take %s\n", judgement, href);

    /* 6. A checkpoint: all tensors of a model in one file, streamed to disk. */
    FILE *file = tmpfile();
    if (file == NULL) fail("a temporary file", "cannot be made");
    ask(CHECKPOINT, NULL, file, NULL, NULL, NULL); /* libcurl writes to files itself */
    Buffer model = {NULL, 0};
    static char piece[65536];
    size_t got;
    rewind(file);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) append(piece, 1, got, &model);
    fclose(file);
    unsigned tensors = 0;
    header = header_of(&model);
    for (const char *place = header; (place = strstr(place, "\"data_offsets\"")) != NULL; place++) tensors++;
    sscanf(find(find(header, "\"transformer.wte.weight\":{"), "\"data_offsets\":["), "%zu", &first);
    start = 8 + strlen(header);
    printf("6. %u tensors in %zu bytes; transformer.wte.weight begins %.6f\n", tensors, model.size,
           number(model.bytes + start + first));

    free(header);
    free(npy.bytes), free(safetensors.bytes), free(shard.bytes), free(whole.bytes), free(advice.bytes), free(model.bytes);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return 0;
}
