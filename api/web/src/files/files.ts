/** Photos and files of a ticket: sending them with progress, saving them. For the citizen's, the body's and the staff's pages. */

export interface TicketFile {
  id: string;
  name: string;
  media_type: string;
  kind_name: string;
  size: number;
  at: string;
  party: string;
  by: string;
  visible_to: string;
  sequence: number;
}

export interface FileLimits {
  most_mb: number;
  more: number;
  accept: string;
  text: string;
}

/** A sentence that can be shown; `status` is null when no answer came. */
export class FileError extends Error {
  constructor(
    readonly status: number | null,
    message: string,
  ) {
    super(message);
  }
}

const MEGABYTE = 1024 * 1024;
const TIMEOUT_MS = 300_000; // a slow line takes minutes for 10 MB
const LONGEST_SIDE = 4096;

export const NO_NETWORK = '网络断了，没传上去。文件还在，请再试一次。';
const NOT_SENT = '没传上去，请过一会儿再试。';
export const tooLarge = (limits: FileLimits) => `超过 ${limits.most_mb} MB，传不了。录音和视频请剪短。`;

export function sizeText(bytes: number): string {
  if (bytes < 1024 * 100) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

/**
 * What is sent of a file: a photo that is too large is made smaller here, anything else is refused before it is sent. Where the
 * limits are not known, the service alone checks.
 */
export async function prepared(file: File, limits: FileLimits | null): Promise<Blob> {
  if (!limits) return file;
  const most = limits.most_mb * MEGABYTE;
  if (file.size <= most) return file;
  const smaller = file.type.startsWith('image/') ? await shrunk(file) : null;
  if (!smaller || smaller.size > most) throw new FileError(413, tooLarge(limits));
  return smaller;
}

async function shrunk(file: File): Promise<Blob | null> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.88));
  } catch {
    return null; // the browser cannot read it
  } finally {
    URL.revokeObjectURL(address);
  }
}

interface Sending {
  address: string;
  headers: Record<string, string>;
  /** Names the sending, so that trying again adds it once. */
  key: string;
  name: string;
  content: Blob;
  extra?: Record<string, string>;
  onProgress: (part: number) => void;
}

/** Sends a file as the request's body and gives what the service answers. `fetch` tells no progress. */
export function sendFile<T>({ address, headers, key, name, content, extra, onProgress }: Sending): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: name.slice(-200) || '文件', key, ...extra });
    request.open('POST', `${address}?${query}`);
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.timeout = TIMEOUT_MS;
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = request.ontimeout = () => reject(new FileError(null, NO_NETWORK));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(answer as T);
      else reject(new FileError(request.status, (answer as { detail?: string } | null)?.detail ?? NOT_SENT));
    };
    request.send(content);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Takes a file away; gives what the service answers. */
export async function removeFile<T>(address: string, headers: Record<string, string>): Promise<T> {
  const response = await fetch(address, { method: 'DELETE', headers, cache: 'no-store' }).catch(() => {
    throw new FileError(null, '网络断了，没有收回，请再试一次。');
  });
  const answer = parsed(await response.text());
  if (!response.ok) {
    throw new FileError(response.status, (answer as { detail?: string } | null)?.detail ?? '没有收回，请过一会儿再试。');
  }
  return answer as T;
}

/** Fetches a file and saves it under its name; the proof of who asks goes in a header, never in an address. */
export async function saveFile(address: string, headers: Record<string, string>, name: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, { headers, cache: 'no-store' });
  } catch {
    throw new FileError(null, '网络断了，没下载下来，请再试一次。');
  }
  if (!response.ok) {
    const problem = parsed(await response.text()) as { detail?: string } | null;
    throw new FileError(response.status, problem?.detail ?? '没下载下来，请过一会儿再试。');
  }
  const content = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = content;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(content), 60_000);
}
