/** A package of its own: its dependencies are none of the workspace's, and its adapters are plain JavaScript. */
export default [{ ignores: ['**'] }];
