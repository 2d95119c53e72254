/** A citizen's photos and files: sent with the ticket's number and code, which are all that is needed. */
import type { TicketStatus } from './api';
import { removeFile, saveFile, sendFile, type TicketFile } from '../files/files';
import { queueOf, type FileQueue } from '../files/queue';

const address = (number: string) => `/api/v1/tickets/${encodeURIComponent(number)}/files`;

/** The queue of a ticket; `onSent` is told how the ticket stands after each file. */
export function ticketQueue(number: string, code: string, onSent: (ticket: TicketStatus) => void = () => {}): FileQueue {
  return queueOf(number, async (content, name, key, onProgress) => {
    const headers = { 'X-Query-Code': code };
    onSent(await sendFile<TicketStatus>({ address: address(number), headers, key, name, content, onProgress }));
  });
}

/** Takes back a file of one's own; gives how the ticket stands then. */
export async function takeBackTicketFile(number: string, code: string, file: TicketFile): Promise<TicketStatus> {
  return removeFile<TicketStatus>(`${address(number)}/${file.id}`, { 'X-Query-Code': code });
}

export function saveTicketFile(number: string, code: string, file: TicketFile): Promise<void> {
  return saveFile(`${address(number)}/${file.id}`, { 'X-Query-Code': code }, file.name);
}
