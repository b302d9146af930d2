/**
 * The largest 32-bit float that is not above a number: a 32-bit float is at most the one exactly where it is at most the other.
 *
 * @param value no NaN
 */
export function float32Below(value: number): number {
  const nearest = Math.fround(value);
  if (nearest <= value) return nearest;
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, nearest);
  const bits = bytes.getUint32(0);
  // the bits of positive floats ascend with them, those of negative ones descend; below 0 comes the smallest negative one
  bytes.setUint32(0, nearest > 0 ? bits - 1 : nearest < 0 ? bits + 1 : 0x80000001);
  return bytes.getFloat32(0);
}
