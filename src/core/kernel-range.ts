/** The kernel's default (DEFAULT_MAX_MAP_COUNT in linux/mm.h): asking for less than every node has would be a mistake. */
export const LOWEST = 65_530;

/** vm.max_map_count is a C int in the kernel. */
export const HIGHEST = 2_147_483_647;
