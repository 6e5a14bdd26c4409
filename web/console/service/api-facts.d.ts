/** What the description of the API says about requests. The build reads it from docs/openapi.json. */
export declare const BOARD_FORMATS: readonly string[];
export declare const BOARDS_FORMATS: readonly string[];
export declare const RESULTS_FORMATS: readonly string[];
export declare const MAX_BOARDS: number;
