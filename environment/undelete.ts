import { DeleteObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import { missingObject, type ObjectPlace } from "./stored-object.ts";

/**
 * Takes the deletion of an object of a versioned bucket back, where it was deleted.
 *
 * @returns whether it had been
 * @throws FalconryError `content.missing` – it was never there, or its versions have expired
 */
export async function ensureObject(s3: S3Client, place: ObjectPlace): Promise<boolean> {
  if (await stands(s3, place)) return false;
  const { DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: place.Bucket, Prefix: place.Key }));
  for (const { Key, VersionId } of DeleteMarkers) {
    if (Key === place.Key && VersionId !== undefined) await s3.send(new DeleteObjectCommand({ ...place, VersionId }));
  }
  if (await stands(s3, place)) return true;
  throw missingObject(place);
}

async function stands(s3: S3Client, place: ObjectPlace): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand(place));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
