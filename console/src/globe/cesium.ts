/**
 * The parts of CesiumJS that are used, by name: what is not named here is left out of the page.
 *
 * Importing the whole would bring its widgets, and with them knockout, which needs `eval`; our content policy forbids that.
 */
export {
  ArcType,
  BoundingSphere,
  BufferPoint,
  BufferPointCollection,
  BufferPointMaterial,
  Cartesian3,
  CesiumWidget,
  Color,
  ColorGeometryInstanceAttribute,
  EllipsoidTerrainProvider,
  GeometryInstance,
  ImageryLayer,
  Ion,
  JulianDate,
  Material,
  Math,
  PerInstanceColorAppearance,
  PointPrimitiveCollection,
  PolygonGeometry,
  PolygonHierarchy,
  PolylineCollection,
  Primitive,
  SceneTransforms,
  SimplePolylineGeometry,
  TileMapServiceImageryProvider,
  buildModuleUrl,
} from "cesium";
