/**
 * Ids of the SpaceX REST API v4 that launches refer to, so that a file of launches can be read by itself. Public facts: the names and
 * coordinates of the pads are those of launches.csv, where each id was matched with the launches of the same days.
 */
export const rockets: Record<string, string> = {
  "5e9d0d95eda69955f709d1eb": "Falcon 1",
  "5e9d0d95eda69973a809d1ec": "Falcon 9",
  "5e9d0d95eda69974db09d1ed": "Falcon Heavy",
  "5e9d0d96eda699382d09d1ee": "Starship",
};

export interface Launchpad {
  name: string;
  longitude: number;
  latitude: number;
}

export const launchpads: Record<string, Launchpad> = {
  // later renamed CCSFS SLC 40; one pad keeps one name, because the name is a category
  "5e9e4501f509094ba4566f84": { name: "CCAFS SLC 40", longitude: -80.577366, latitude: 28.5618571 },
  "5e9e4502f509094188566f88": { name: "KSC LC 39A", longitude: -80.6039558, latitude: 28.6080585 },
  "5e9e4502f509092b78566f87": { name: "VAFB SLC 4E", longitude: -120.610829, latitude: 34.632093 },
};
