/**
 * The shapes that the parts of the stage hand to each other; nothing here exists at run time.
 */

/**
 * What the emitted module of a program offers. `p` holds the numbers in the order of `parameters`.
 * @typedef {object} Kernel
 * @property {string[]} parameters
 * @property {number[]} defaults
 * @property {string[]} kinds the outcomes' names in the order in which they are counted
 * @property {string[]} columns
 * @property {number} evaluations
 * @property {(p: ArrayLike<number>, steps: number, noise?: Float64Array) => Path} simulate
 * @property {(p: ArrayLike<number>, i: number, us: ArrayLike<number>, j: number, vs: ArrayLike<number>,
 *   steps: number, noise?: Float64Array) => Uint8Array} map
 * @property {(p: ArrayLike<number>, x: number, y: number) => number} loss
 * @property {(p: ArrayLike<number>, x: number, y: number) => [number, number]} gradient
 * @property {(p: ArrayLike<number>, x: number, y: number) => [number, number]} curvature smallest and largest
 * @property {(p: ArrayLike<number>) => Theory} theory
 * @property {(p: ArrayLike<number>, curvature: number) => number} limit
 * @property {(p: ArrayLike<number>) => [number, number][]} saddles
 */

/**
 * A run step by step. The arrays have one row more than there are steps, but for `eta`; after a blow-up they are NaN.
 * @typedef {object} Path
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Float64Array} loss
 * @property {Float64Array} eta
 * @property {number} last index of the last finite row
 * @property {number} kind index into the kinds
 * @property {number} step the outcome's step
 * @property {Record<string, number>} facts
 */

/**
 * Curvatures at the minimum nearest to the start, and the limit of η there; NaN where there is none.
 * @typedef {{mu: number, L: number, limit: number}} Theory
 */

/**
 * @typedef {object} Run
 * @property {number} id
 * @property {string} name
 * @property {string} short
 * @property {string} method the optimizer's short name
 * @property {string} optimizer the optimizer's slug
 * @property {string} noLimit why theory has no closed limit for it, to be said after its name
 * @property {number} eta
 * @property {Kernel} kernel
 * @property {Float64Array} p
 * @property {Path} path
 * @property {string} kindName
 * @property {string} sentence
 * @property {Float64Array} curvature λmax(θ_t) of each row of the path
 * @property {number} limits the limit of η·λ for this optimizer, NaN where it has none
 * @property {Uint8Array | null} strip the outcome's kind for each of `stripEtas`, null until it is known
 * @property {Float64Array} stripEtas
 * @property {Theory} theory
 */

/**
 * The middle of the picture, and how many units of x or y a CSS pixel spans.
 * @typedef {{x: number, y: number, span: number}} View
 */

/**
 * One number's declaration: the interval it must lie in, the soft one that a slider covers, and how it is spread.
 * @typedef {object} NumberDeclaration
 * @property {string} path
 * @property {string} name
 * @property {string} symbol
 * @property {number} value
 * @property {number} default
 * @property {number | null} low
 * @property {number | null} high
 * @property {boolean} low_open
 * @property {boolean} high_open
 * @property {string} interval
 * @property {[number, number]} soft
 * @property {"linear" | "log" | "complement"} scale
 * @property {"real" | "whole"} kind
 * @property {string} help
 * @property {string} owner
 */

/**
 * @typedef {object} Surface
 * @property {string} slug
 * @property {string} key the slug, and what else makes it another surface: its static numbers, a formula
 * @property {string} title
 * @property {[[number, number], [number, number]]} box
 * @property {[number, number]} start
 * @property {[number, number][]} minima best first
 * @property {boolean} bounded_below
 * @property {boolean} constant_hessian
 * @property {boolean} smooth
 * @property {string} beyond_theory why theory says nothing of its runs; empty where it does
 * @property {[number, number] | null} bounds the ends of the segment that x is held in
 * @property {boolean} isolated_minima
 * @property {NumberDeclaration[]} numbers
 */

/**
 * The colours of one theme.
 * @typedef {object} Tokens
 * @property {string} paper
 * @property {string} side
 * @property {string} wash
 * @property {string} glass
 * @property {string} ink
 * @property {string} ink2
 * @property {string} rule
 * @property {string} rail
 * @property {string} line
 * @property {string} focus
 * @property {string[]} ramp
 * @property {{color: string, alpha: number, decade_alpha: number}} contour
 * @property {string} halo
 * @property {string[]} runs
 * @property {Record<string, [string, string]>} outcomes fill and text of each kind
 */

/**
 * All that is drawn. The shell keeps it; whoever draws only reads it.
 * @typedef {object} Model
 * @property {Surface} surface
 * @property {[number, number]} start
 * @property {number} steps
 * @property {Run[]} runs
 * @property {number} time the step that is shown, between two steps while playing
 * @property {View} view
 * @property {number} hot index of the run that is pointed at, or −1
 * @property {"" | "hover" | "drag" | "focus"} startState
 * @property {boolean} dragging
 * @property {Tokens} tokens
 * @property {number[][]} dashes
 * @property {string[]} markers
 * @property {string[]} kinds
 * @property {Record<string, {letter: string, meaning: string}>} words
 * @property {number} k text scale: 1, more on a projector
 * @property {[number, number]} etaAxis
 * @property {boolean} noisy
 * @property {number} panelTab which panel a phone shows
 */

/**
 * Where the contour lies on its canvas, in CSS pixels, and how the plane is laid onto it.
 * @typedef {object} Frame
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 * @property {number} width
 * @property {number} height
 * @property {number} span
 * @property {number} k
 * @property {(x: number) => number} across x to pixels
 * @property {(y: number) => number} down y to pixels
 * @property {(pixels: number) => number} x pixels to x
 * @property {(pixels: number) => number} y pixels to y
 */

/**
 * A rectangle in CSS pixels.
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 */
