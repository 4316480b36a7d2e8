/** Where the figures of the table below are from, and of when. */
export const ROUND_TRIP_SOURCE = 'cloudping.co, P50, one-year window ending 2025';

/** The commercial AWS regions whose round trips are known. */
export const REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

/** An AWS region of the latency table. */
export type Region = (typeof REGIONS)[number];

/** Whether the table has its round trips. */
export function isRegion(text: string): text is Region {
  return REGIONS.some((region) => region === text);
}

/**
 * Median round trip over TCP between each region and those before it in `REGIONS`, in milliseconds, both
 * directions averaged and rounded; the last of each row is the region to itself.
 */
const ROUND_TRIP_ROWS: readonly (readonly number[])[] = [
  [5],
  [355, 3],
  [357, 52, 3],
  [387, 39, 36, 4],
  [370, 46, 10, 25, 2],
  [272, 98, 134, 134, 137, 3],
  [297, 82, 118, 118, 121, 25, 8],
  [317, 37, 71, 74, 77, 64, 49, 4],
  [409, 128, 107, 145, 120, 154, 141, 95, 4],
  [351, 53, 86, 90, 92, 80, 64, 18, 111, 2],
  [421, 140, 128, 156, 132, 166, 150, 105, 14, 122, 2],
  [341, 44, 76, 79, 82, 71, 54, 9, 100, 25, 111, 2],
  [363, 64, 99, 100, 103, 92, 75, 29, 122, 45, 131, 25, 3],
  [224, 197, 145, 175, 151, 192, 208, 215, 198, 232, 209, 222, 243, 4],
  [292, 162, 113, 139, 117, 243, 226, 177, 159, 194, 170, 184, 206, 49, 1],
  [155, 194, 227, 231, 234, 129, 146, 161, 252, 177, 263, 167, 189, 93, 161, 4],
  [152, 188, 222, 224, 228, 115, 132, 155, 246, 172, 258, 161, 183, 94, 162, 9, 3],
  [174, 213, 247, 250, 253, 148, 165, 181, 272, 197, 283, 186, 208, 106, 174, 23, 28, 3],
  [188, 184, 218, 222, 225, 110, 128, 152, 243, 168, 254, 157, 179, 102, 170, 12, 7, 32, 2],
  [136, 207, 241, 244, 244, 114, 132, 172, 282, 189, 293, 178, 199, 110, 179, 34, 32, 55, 27, 3],
  [159, 230, 201, 232, 207, 126, 142, 182, 256, 199, 267, 189, 211, 69, 137, 27, 28, 41, 36, 31, 3],
  [150, 207, 212, 242, 217, 117, 134, 172, 266, 191, 278, 181, 202, 79, 148, 18, 19, 32, 27, 35, 14, 3],
  [146, 201, 218, 249, 224, 109, 125, 167, 280, 185, 291, 175, 196, 86, 154, 12, 12, 32, 21, 23, 20, 11, 3],
  [
    231, 240, 275, 277, 281, 141, 156, 207, 299, 224, 311, 214, 235, 140, 209, 68, 46, 88, 49, 62, 74, 66, 54,
    3,
  ],
  [
    287, 126, 169, 167, 164, 30, 48, 90, 181, 106, 192, 95, 117, 196, 270, 116, 110, 136, 106, 121, 130, 122,
    114, 147, 3,
  ],
  [
    249, 131, 175, 167, 171, 38, 56, 98, 189, 115, 200, 104, 125, 162, 255, 86, 91, 105, 113, 88, 98, 89, 86,
    115, 15, 3,
  ],
  [
    282, 214, 168, 196, 172, 246, 274, 242, 213, 259, 225, 251, 272, 72, 78, 149, 148, 168, 158, 165, 125,
    133, 140, 195, 252, 217, 4,
  ],
  [
    338, 309, 258, 288, 264, 301, 317, 327, 312, 345, 323, 334, 356, 126, 193, 204, 203, 223, 213, 220, 178,
    187, 196, 250, 306, 273, 170, 3,
  ],
  [
    227, 198, 149, 179, 153, 191, 206, 219, 200, 235, 210, 223, 245, 16, 51, 93, 92, 112, 102, 107, 70, 78,
    84, 137, 194, 161, 58, 115, 5,
  ],
  [
    238, 185, 135, 165, 141, 202, 216, 203, 188, 220, 198, 210, 231, 27, 40, 104, 102, 123, 112, 118, 80, 88,
    95, 145, 205, 172, 51, 125, 15, 5,
  ],
  [
    287, 155, 108, 133, 110, 231, 217, 170, 139, 186, 150, 176, 197, 80, 41, 153, 152, 173, 162, 169, 130,
    148, 144, 199, 255, 221, 74, 175, 64, 53, 3,
  ],
  [
    274, 145, 98, 123, 100, 222, 207, 161, 141, 175, 152, 165, 188, 61, 21, 142, 143, 155, 151, 159, 118, 129,
    135, 186, 257, 217, 92, 175, 64, 51, 22, 3,
  ],
];

/** The median round trip between two regions by the table, in milliseconds; the same both ways. */
export function roundTripMs(a: Region, b: Region): number {
  const [row, column] = [REGIONS.indexOf(a), REGIONS.indexOf(b)].sort((left, right) => right - left);
  const time = ROUND_TRIP_ROWS[row ?? -1]?.[column ?? -1];
  // Every row reaches its own region; only a broken table could come here, and a wrong zero would win.
  if (time === undefined) throw new RangeError(`no round trip known between ${a} and ${b}`);
  return time;
}
