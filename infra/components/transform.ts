/** Last word on the arguments of a component's resources, for the case nobody thought of: by kind, `(arguments, name) => arguments`. */
export type Transform<Kinds> = { [Kind in keyof Kinds]?: (args: Kinds[Kind], name: string) => Kinds[Kind] };
