/** Takes one line about work that is under way; the command line shows it on stderr, a test may collect it. */
export type Progress = (line: string) => void;

export const silent: Progress = () => {};
