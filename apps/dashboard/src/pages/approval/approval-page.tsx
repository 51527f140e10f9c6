export default function ApprovalPage() {
  return <div className="page" />;
}
