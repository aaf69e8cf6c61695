import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, openClient } from './client.ts';
import type { Review } from './reviews.ts';

/** Sends `count` reviews over eight connections, each as soon as the one before is answered. */
export async function asFastAsAnswered(port: number, reviews: readonly Review[], count: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: 8 }, () => openClient(port)));
  let sent = 0;
  const work = async (client: Client) => {
    while (sent < count) {
      const review = reviews[sent % reviews.length];
      sent += 1;
      if (review) await client.send(review);
    }
  };
  await Promise.all(clients.map(work));
  for (const client of clients) client.close();
}

/** Sends reviews at a fixed rate, whatever the answers do; milliseconds from when each was due to its answer. */
export async function atRate(
  port: number,
  reviews: readonly Review[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: 8 }, () => openClient(port)));
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now();
  const sendOne = async (review: Review, due: number) => {
    const client = idle.pop() ?? (await openClient(port));
    await client.send(review);
    latencies.push(performance.now() - due);
    idle.push(client);
  };
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = start + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const review = reviews[index % reviews.length];
    if (review) pending.push(sendOne(review, due));
  }
  await Promise.all(pending);
  for (const client of idle) client.close();
  return latencies;
}
