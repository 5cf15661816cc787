// A page over HTTPS that a CA of our own signed: fetch cannot be given one.
import { get, type RequestOptions } from "node:https";

export function fetchText(url: string, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...options, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    });
    request.on("error", reject);
  });
}
