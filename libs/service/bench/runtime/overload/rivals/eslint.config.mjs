/** A package of its own: its dependencies are none of the workspace's. */
export default [{ ignores: ['**'] }];
