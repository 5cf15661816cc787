// The signature is Amazon's own published example; everything else about a Space is tested where it is asked.
import { expect, test } from "vitest";
import { Secret } from "../../../../fleet/secret.ts";
import { signed } from "../../../../remote/digitalocean/spaces.ts";

test("signs a PUT as the example in Amazon's documentation of signature version 4", () => {
  const space = {
    endpoint: "https://s3.amazonaws.com",
    ...{ bucket: "examplebucket", region: "us-east-1", accessKey: "AKIAIOSFODNN7EXAMPLE" },
    secretKey: new Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
  };
  const headers = { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" };
  const request = { method: "PUT", key: "test$file.text", headers, body: "Welcome to Amazon S3." } as const;
  const url = new URL("https://examplebucket.s3.amazonaws.com/test%24file.text");
  expect(signed(space, request, url, new Date("2013-05-24T00:00:00Z")).authorization).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  );
});
