// What the generated functions fetch with: bytes as a Blob, everything else as JSON.
export async function faninFetch<T>(path: string, options: RequestInit): Promise<T> {
  const response = await fetch(new URL(path, process.env.FANIN_URL), options);
  const isJson = /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
  const data: unknown = isJson ? await response.json() : await response.blob();
  return { data, status: response.status, headers: response.headers } as T;
}
