import { floatTensor, type GraphBuilder, int64Tensor, ints } from "./graph.ts";

/** How the inputs of a row are an image: line after line, pixel after pixel, channel after channel. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}

/** A convolution over the image at its own size (zeros around it), ReLU, and the largest of each 2 x 2 pixels. */
export interface Convolution {
  /** Edge of the square kernel in pixels, odd. */
  size: number;
  /** size x size x channels in x channels out, flat in this order, as TensorFlow keeps it. */
  kernel: number[];
  /** One per channel out. */
  bias: number[];
}

/** Adds the nodes that turn a matrix [N, height x width x channels] into [N, what the last convolution leaves]. */
export function addConvolutions(graph: GraphBuilder, matrix: string, image: ImageShape, convolutions: Convolution[]): string {
  const { height, width, channels } = image;
  const pixels = graph.node("Reshape", [matrix, graph.constant(int64Tensor([4], [-1, height, width, channels]))]);
  // ONNX keeps the channels before the lines
  let value = graph.node("Transpose", [pixels], { attributes: { perm: ints([0, 3, 1, 2]) } });
  let depth = channels;
  for (const { size, kernel, bias } of convolutions) {
    const weights = graph.constant(floatTensor([bias.length, depth, size, size], outputsFirst(kernel, size, depth, bias.length)));
    const margin = (size - 1) / 2;
    const attributes = { kernel_shape: ints([size, size]), pads: ints([margin, margin, margin, margin]) };
    const sum = graph.node("Conv", [value, weights, graph.constant(floatTensor([bias.length], bias))], { attributes });
    const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };
    value = graph.node("MaxPool", [graph.node("Relu", [sum])], { attributes: pool });
    depth = bias.length;
  }
  const lines = graph.node("Transpose", [value], { attributes: { perm: ints([0, 2, 3, 1]) } });
  return graph.node("Reshape", [lines, graph.constant(int64Tensor([2], [-1, flatWidth(image, convolutions)]))]);
}

/**
 * How many numbers of a row the last convolution leaves.
 *
 * @throws RangeError where nothing is left of the image
 */
export function flatWidth({ height, width, channels }: ImageShape, convolutions: Convolution[]): number {
  const [lines, columns] = [height, width].map((edge) => Math.floor(edge / 2 ** convolutions.length));
  const left = (lines ?? 0) * (columns ?? 0) * (convolutions.at(-1)?.bias.length ?? channels);
  if (left === 0) throw new RangeError(`${convolutions.length} convolutions leave nothing of ${height} x ${width} pixels`);
  return left;
}

/** @throws RangeError where kernels do not fit the image, the inputs or each other */
export function checkConvolutions({ height, width, channels }: ImageShape, convolutions: Convolution[], inputs: number): void {
  if (inputs !== height * width * channels)
    throw new RangeError(`an image of ${height} x ${width} x ${channels} is not made of ${inputs} inputs`);
  let depth = channels;
  for (const [index, { size, kernel, bias }] of convolutions.entries()) {
    const fits = size % 2 === 1 && kernel.length === size * size * depth * bias.length;
    if (!fits || ![...kernel, ...bias].every(Number.isFinite))
      throw new RangeError(
        `convolution ${index + 1} must have a finite kernel ${size} x ${size} x ${depth} x ${bias.length}, its size odd`,
      );
    depth = bias.length;
  }
}

/** From size x size x in x out to out x in x size x size. */
function outputsFirst(kernel: number[], size: number, inputs: number, outputs: number): number[] {
  const turned = new Array<number>(kernel.length);
  for (let place = 0; place < size * size; place++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++)
        turned[(output * inputs + input) * size * size + place] = kernel[(place * inputs + input) * outputs + output] ?? Number.NaN;
    }
  }
  return turned;
}
