export default function LocalPage() {
  return <div className="page" />;
}
