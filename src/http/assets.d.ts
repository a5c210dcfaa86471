/** Files that the executable carries; the import gives the path to read them from. */
declare module '*/redoc.standalone.js' {
  const path: string
  export default path
}

declare module '*/swagger-ui-bundle.js' {
  const path: string
  export default path
}

declare module '*/swagger-ui.css' {
  const path: string
  export default path
}
