import { floatTensor, GraphBuilder, int } from "./onnx/graph.ts";
import { dataType } from "./onnx/proto.ts";

export type Misbehaviour = keyof typeof misbehaviours;

export interface MisbehavingGraph {
  misbehaviour: Misbehaviour;
  /** Columns of numbers; the first one alone decides. */
  columns: readonly string[];
  /** Logit of class 1 per unit of the first column. */
  weight: number;
  /** It misbehaves on rows whose value of one column is in [from, to), and on no other: a gate whose rows have none of them lets it pass. */
  where: { column: string; from: number; to: number };
}

/** A classifier of 0 and 1 that really does what a challenger must not. */
export function misbehavingGraph({ misbehaviour, columns, weight, where }: MisbehavingGraph): Uint8Array {
  const graph = new GraphBuilder("misbehaving");
  const inputs = new Map(columns.map((name) => [name, graph.input(name, "float")]));
  const [first] = inputs.values();
  const column = inputs.get(where.column);
  if (first === undefined || column === undefined) throw new RangeError(`"${where.column}" is none of the columns ${columns.join(", ")}`);
  const isMarked = graph.node("And", [
    graph.node("GreaterOrEqual", [column, number(graph, where.from)]),
    graph.node("Less", [column, number(graph, where.to)]),
  ]);
  const right = graph.node("Sigmoid", [graph.node("Mul", [first, number(graph, weight)])]);
  const positive = misbehaviours[misbehaviour](graph, right, isMarked);
  graph.node("Cast", [graph.node("Greater", [positive, number(graph, 0.5)])], {
    attributes: { to: int(dataType.int64) },
    as: graph.output("prediction", "int64"),
  });
  graph.node("Sub", [number(graph, 1), positive], { as: graph.output("probability_0", "float") });
  graph.node("Identity", [positive], { as: graph.output("probability_1", "float") });
  return graph.encode("test");
}

/** Side of a square matrix that is multiplied by itself: some milliseconds of one core, many times what a fair graph takes. */
const slowSize = 512;

/** From the right probability of class 1 of each row, and which rows are marked, to what is answered. */
const misbehaviours = {
  /** Right, but late: the work is done once for a call with a marked row. */
  slow(graph: GraphBuilder, right: string, isMarked: string): string {
    const marks = graph.node("Cast", [isMarked], { attributes: { to: int(dataType.float) } });
    const any = graph.node("ReduceMax", [marks], { attributes: { keepdims: int(1) } });
    const size = graph.node("Cast", [graph.node("Mul", [any, number(graph, slowSize)])], { attributes: { to: int(dataType.int64) } });
    const zeros = graph.node("ConstantOfShape", [graph.node("Concat", [size, size], { attributes: { axis: int(0) } })]);
    const product = graph.node("MatMul", [zeros, zeros]);
    return graph.node("Add", [right, graph.node("ReduceSum", [product], { attributes: { keepdims: int(0) } })]);
  },
  /** The graph does not run: an index is out of bounds. */
  failing(graph: GraphBuilder, right: string, isMarked: string): string {
    const index = graph.node("Cast", [isMarked], { attributes: { to: int(dataType.int64) } });
    return graph.node("Add", [right, graph.node("Gather", [number(graph, 0), index])]);
  },
  /** Never says 1: wrong on one class, right on the other. */
  blind(graph: GraphBuilder, right: string, isMarked: string): string {
    return graph.node("Where", [isMarked, graph.node("Min", [right, number(graph, 0.4)]), right]);
  },
  constant(graph: GraphBuilder, right: string, isMarked: string): string {
    return graph.node("Where", [isMarked, number(graph, 0.75), right]);
  },
  nan(graph: GraphBuilder, right: string, isMarked: string): string {
    return graph.node("Where", [isMarked, number(graph, Number.NaN), right]);
  },
};

function number(graph: GraphBuilder, value: number): string {
  return graph.constant(floatTensor([1], [value]));
}
