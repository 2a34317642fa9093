/** The default of a CommonJS package, which a bundler for `.mjs` files hands over one level too deep. */

import { Scrollbars } from "./node_modules/react-custom-scrollbars-2/lib/index.js";

export default Scrollbars;
